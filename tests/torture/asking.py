"""Somebody who uses the site all the time, and remembers every answer."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

from accounts import tokens
from accounts.models import Client, Scope
from tests.torture.processes import eventually
from timekeeping import clock

EVERY = 0.1
PATIENCE = 20


@dataclass
class Asking:
    """Opens cases and reads the list over REST. ``answers`` holds (moment, status)."""

    port: int
    token: str
    answers: list[tuple[float, int]] = field(default_factory=list)
    stopping: bool = False

    @property
    def total(self) -> int:
        return len(self.answers)

    @property
    def failed(self) -> int:
        return sum(status >= 500 or not status for _moment, status in self.answers)

    @property
    def words(self) -> tuple[str, ...]:
        """What was answered other than well, counted."""
        odd = Counter(status for _moment, status in self.answers if not 200 <= status < 300)
        return tuple(f"{count} x {status or 'no answer'}" for status, count in odd.items())

    def first_good(self, since: float) -> float:
        """Return how long after a moment of `time.monotonic` a request was answered well."""

        def found() -> list[float]:
            good = (moment for moment, status in self.answers if 200 <= status < 300)
            return [moment for moment in good if moment > since]

        eventually(lambda: bool(found()), "the site answers")
        return found()[0] - since

    def run(self) -> None:
        while not self.stopping:
            for method, path, body in (
                ("GET", "/api/v1/cases/?page_size=1", None),
                ("POST", "/api/v1/cases/", self._opening()),
            ):
                self.answers.append((time.monotonic(), self._ask(method, path, body)))
            time.sleep(EVERY)

    def _opening(self) -> str:
        return json.dumps(
            {
                "customer": {"external_id": "K-1", "name": "Hengyuan"}, "channel": "phone",
                "statement": "It leaks again.", "kind": "complaint", "urgency": "normal",
            }
        )  # fmt: skip

    def _ask(self, method: str, path: str, body: str | None) -> int:
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


@contextlib.contextmanager
def asking(port: int) -> Iterator[Asking]:
    """Ask all the time from when the site first answers until the block ends."""
    client = Client.objects.create(name="crm")
    token = tokens.issue(client, [Scope.CASES_READ, Scope.CASES_WRITE], now=clock.now())
    asked = Asking(port, token)
    eventually(lambda: asked._ask("GET", "/healthz", None) == 200, "the site starts")
    thread = threading.Thread(target=asked.run)
    thread.start()
    try:
        yield asked
    finally:
        asked.stopping = True
        thread.join()
