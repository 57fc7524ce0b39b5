"""What a trial stands on: the servers, a fresh house for each trial, and the row it ends in."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection

from tests.bench.databases import Databases, let_go, switch_to
from tests.torture.checking import Findings, deadlocks, judge
from tests.torture.processes import READY_SECONDS, Fleet, Running, eventually
from tests.torture.servers import Postgres, Sink, Valkey
from timekeeping import clock

FURNISHED, HOUSE = "furnished", "house"


@dataclass(frozen=True)
class Row:
    """One line of the table. ``remarks`` say what else was seen."""

    fault: str
    trials: str
    findings: Findings
    required: str
    met: bool
    remarks: tuple[str, ...] = ()


@dataclass
class House:
    """A database of its own, and processes that work on it. Ends with the trial."""

    fleet: Fleet
    rng: Random
    since: datetime = field(default_factory=clock.now)

    def until(
        self, holds: Callable[[], bool], what: str, *, seconds: float = READY_SECONDS,
        every: float = 0.02,
    ) -> float:  # fmt: skip
        """Wait until something holds, unless a process has fallen; return how long it took."""

        def well() -> bool:
            if fallen := self.fleet.fallen():
                raise AssertionError(f"{what}: {fallen[0]}")
            return holds()

        return eventually(well, what, seconds, every)

    def ready(self, *processes: Running) -> None:
        """Wait until each of these has come to the database by itself."""
        for process in processes:
            self.comes(process)

    def comes(self, process: Running, *, since: datetime | None = None) -> float:
        """Wait for a session of this process, begun after ``since``; return how long that took."""
        return self.until(
            lambda: process.name in self.connected(since=since), f"{process.name} comes"
        )

    def connected(self, *, since: datetime | None = None) -> set[str]:
        """Name those who have a session, begun after ``since`` where that is given."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT application_name FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_start > %s",
                [since or "-infinity"],
            )
            return {name for (name,) in cursor.fetchall()}

    def feed(self, rate: float, **more: str) -> Running:
        """Let cases be opened, so many a second, until `fed` is asked."""
        feeder = self.fleet.start(
            "feeder", "-m", "tests.torture.feeding", str(rate), str(self.rng.randrange(10**6)),
            **more,
        )  # fmt: skip
        heard(feeder)
        self.since = clock.now()
        return feeder

    def fed(self, feeder: Running) -> dict[str, Any]:
        """Stop opening cases, and return what was done."""
        feeder.signal(signal.SIGTERM)
        answer: dict[str, Any] = json.loads(heard(feeder))
        feeder.popen.wait()
        self.fleet.running.remove(feeder)
        return answer

    def findings(self, *, since: datetime | None = None, settle: float = 2.5) -> Findings:
        """Judge what has fallen due so far, while the processes go on."""
        horizon = clock.now()
        time.sleep(settle)
        return judge(horizon=horizon, since=since or self.since)


def heard(process: Running) -> str:
    """Read one line of what a process says. Raises with its log where it says nothing."""
    assert process.popen.stdout is not None
    line = process.popen.stdout.readline().strip()
    if not line:
        tail = process.log.read_text(errors="replace")[-2000:]
        raise AssertionError(f"{process.name} says nothing:\n{tail}")
    return line


@dataclass
class Ground:
    """Servers and measure of one run. ``short`` makes few trials of everything."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    sink: Sink
    databases: Databases
    seed: int
    short: bool
    serial: int = 0

    def some(self, full: int, short: int) -> int:
        return short if self.short else full

    def random(self) -> Random:
        """Return what a trial draws from: the same for the same seed, whichever trials run."""
        return Random(self.seed)

    @contextlib.contextmanager
    def house(self, rows: str = FURNISHED) -> Iterator[House]:
        """Open a copy of a filled database for one trial, with an empty broker and sink."""
        let_go()
        self.serial += 1
        self.databases.create(HOUSE, copy_of=rows)
        switch_to(self.databases, HOUSE)
        self.sink.clear()
        logs = self.folder / f"logs-{self.serial}"
        logs.mkdir()
        environment = {
            "REDIS_URL": self.valkey.url(self.serial % 16),
            "TORTURE_SMTP_PORT": str(self.sink.port),
        }
        fleet = Fleet(logs, environment, self.databases.url(HOUSE))
        try:
            yield House(fleet, self.random())
        finally:
            fleet.end()
            let_go()


def row(
    fault: str, trials: str, findings: Findings, *, most: timedelta | None = None,
    required: str = "", also: bool = True, remarks: Iterable[str] = (),
) -> Row:  # fmt: skip
    """Make the trial's line. ``most`` bounds the lateness, ``also`` is whatever else was asked."""
    asked = f"≤ {most.total_seconds():g} s" if most is not None else ""
    words = ", ".join(word for word in (asked, required) if word)
    met = findings.clean and also and findings.rungs > 0
    met = met and (most is None or (findings.timed > 0 and findings.worst <= most))
    seen = deadlocks()
    said = [*remarks, *([f"{seen} deadlocks"] if seen else [])]
    return Row(fault, trials, findings, words or "0 lost, double, early", met and not seen,
               tuple(said))  # fmt: skip
