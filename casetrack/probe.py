"""`python -m casetrack.probe URL` tells a container engine whether an address answers well.

It asks by a name that the site answers to, as a request from outside would, and exits with 1 on
anything but success.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

import environ


def well(url: str, host: str) -> bool:
    """Tell whether the address answers the host's name with success within four seconds."""
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the engine's own address
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError) as error:
        print(f"{url}: {error}", file=sys.stderr)
        return False


if __name__ == "__main__":
    hosts = environ.FileAwareEnv().list("ALLOWED_HOSTS", default=["localhost"])
    sys.exit(0 if well(sys.argv[1], hosts[0].strip().lstrip(".")) else 1)
