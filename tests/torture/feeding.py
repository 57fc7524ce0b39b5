"""Opens cases through the services, and answers some of them, until it is told to stop.

Started as `python -m tests.torture.feeding RATE SEED` by the trials. A database that is away
is waited for, as a CRM would; SIGTERM ends it with one line of JSON.
"""

from __future__ import annotations

import heapq
import json
import signal
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

PAUSE = 0.1
ANSWERED = 0.4
SLOWEST_ANSWER = 8.0


@dataclass
class Feeder:
    """``rate`` cases a second; some acknowledged in time, some late, some never."""

    rate: float
    rng: Random
    stopping: bool = False
    said: dict[str, int] = field(default_factory=lambda: {"opened": 0, "steps": 0, "away": 0})
    waiting: list[tuple[float, int]] = field(default_factory=list)

    def run(self) -> None:
        from tests.torture import house

        self.engineer, self.customers = house.engineer(), house.customers()
        print("ready", flush=True)
        following = time.monotonic()
        while not self.stopping:
            present = time.monotonic()
            if self.waiting and self.waiting[0][0] <= present:
                self._try(self._answer)
            elif following <= present:
                following = max(following + 1 / self.rate, present - 1)
                self._try(self._open)
            else:
                upcoming = min(following, self.waiting[0][0] if self.waiting else following)
                time.sleep(max(0.0, min(upcoming - present, PAUSE)))

    def _try(self, act: Any) -> None:
        from django.db import InterfaceError, OperationalError, connection

        try:
            act()
        except (OperationalError, InterfaceError):
            self.said["away"] += 1
            connection.close()
            time.sleep(PAUSE)

    def _open(self) -> None:
        from objections.actors import Actor
        from objections.vocabulary import Kind, Urgency
        from tests.stories import open_at
        from timekeeping import clock

        case = open_at(
            clock.now(), by=Actor.person(self.engineer), customer=self.rng.choice(self.customers),
            kind=self.rng.choice([Kind.COMPLAINT, Kind.OBJECTION]),
            urgency=self.rng.choice(list(Urgency)),
        )  # fmt: skip
        self.said["opened"] += 1
        if self.rng.random() < ANSWERED:
            moment = time.monotonic() + self.rng.uniform(0, SLOWEST_ANSWER)
            heapq.heappush(self.waiting, (moment, case.pk))

    def _answer(self) -> None:
        from objections.actors import Actor
        from objections.models import Case
        from objections.services.stepping import take_steps
        from tests.stories import ACKNOWLEDGE
        from timekeeping import clock

        _moment, number = heapq.heappop(self.waiting)
        case = Case.objects.get(pk=number)
        take_steps(case, [ACKNOWLEDGE], by=Actor.person(self.engineer), now=clock.now())
        self.said["steps"] += 1


def main() -> None:
    import django

    django.setup()
    feeder = Feeder(float(sys.argv[1]), Random(int(sys.argv[2])))

    def stop(_number: int, _frame: object) -> None:
        feeder.stopping = True

    signal.signal(signal.SIGTERM, stop)
    feeder.run()
    print(json.dumps(feeder.said), flush=True)


if __name__ == "__main__":
    main()
