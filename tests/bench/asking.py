"""Several programs at once that open cases, each over one connection that it keeps.

Started as `python -m tests.bench.asking`, apart from what it measures, with what to do as JSON
on standard input; answers with one JSON line.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

SOURCE = "crm"
STATEMENT = (
    "The seal that you fitted three weeks ago leaks again. Line 2 stands still, and nobody"
    " answered the phone on Saturday. 泵又漏了，二号线停产，周六没有人接电话。"
)


@dataclass
class Asked:
    """What to ask for how long, and what came of it."""

    port: int
    path: str
    headers: dict[str, str]
    seconds: float
    customers: int
    bare: bool = False
    opened: int = 0
    latencies: list[float] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


def body(asked: Asked, number: int) -> bytes:
    key = f"K-{number % asked.customers}"
    return json.dumps(
        {
            "source": SOURCE,
            "customer": key if asked.bare else {"source": SOURCE, "external_id": key},
            "statement": STATEMENT,
            "channel": "phone",
            "kind": "complaint",
            "urgency": "normal",
            "external_id": uuid4().hex,
            "questions": ["When will line 2 run again?"],
        }
    ).encode()


def open_cases(asked: Asked, first: int, until: float) -> None:
    """Open one case after the other until the time is over."""
    connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=30)
    number = first
    while time.monotonic() < until and not asked.trouble:
        headers = {
            **asked.headers, "Content-Type": "application/json", "Idempotency-Key": uuid4().hex
        }  # fmt: skip
        began = time.monotonic()
        connection.request("POST", asked.path, body(asked, number), headers)
        answer = connection.getresponse()
        text = answer.read()
        asked.latencies.append(time.monotonic() - began)
        if answer.status != 201:
            asked.trouble.append(f"{answer.status} {text[:500].decode(errors='replace')}")
        asked.opened += 1
        number += 1
    connection.close()


def main() -> None:
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    programs = told.pop("programs")
    asked = Asked(**told)
    began = time.monotonic()
    threads = [
        threading.Thread(target=open_cases, args=(asked, 1000 * number, began + asked.seconds))
        for number in range(programs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    print(
        json.dumps(
            {
                "rate": asked.opened / seconds,
                "latencies": asked.latencies,
                "trouble": asked.trouble[:1],
            }
        )
    )


if __name__ == "__main__":
    main()
