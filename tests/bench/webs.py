"""A gunicorn of the product's own kind, as a process, for as long as something is measured."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from casetrack.embedded.processes import STOP_SECONDS, free_port

WORKERS, THREADS = 2, 4
START_SECONDS = 30


@contextlib.contextmanager
def gunicorn(settings: str, **environment: str) -> Iterator[int]:
    """Serve with these settings until the block ends; give the port once it answers."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "casetrack.wsgi", "--bind", f"127.0.0.1:{port}",
        "--workers", str(WORKERS), "--threads", str(THREADS), "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, env={**os.environ, "DJANGO_SETTINGS_MODULE": settings, **environment}
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the site answers, whatever it says."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("gunicorn does not answer")
