"""How fast a backlog is rung: one process, two, and one SQL statement on the same rows."""

from __future__ import annotations

import subprocess
import sys
import time

from django.db import connection, transaction

from objections.models import Deadline
from tests.bench import stock
from tests.bench.cloning import Spread, clone, settle
from tests.bench.databases import MIGRATED, Databases, let_go, switch_to
from tests.bench.figures import Figure, at_least, middle, shown
from tests.bench.one_statement import RING_BREACHES, WRITTEN
from timekeeping import clock

TITLE = "Sweep: full rungs (event, escalation, entry, four notices) from a backlog"
TEAMS = 8


def measure(databases: Databases, *, quick: bool, seed: int) -> list[Figure]:
    """Ring the same backlog in several rounds of each way, and take the median of each."""
    rows, rounds = (2_000, 1) if quick else (20_000, 3)
    prepare(databases, rows)
    rates: dict[str, list[float]] = {"sql": [], "one": [], "two": []}
    for _round in range(rounds):
        written = set()
        for way in rates:
            databases.create("round", copy_of="backlog")
            switch_to(databases, "round")
            rates[way].append(_rate(way, rows))
            written.add(_written())
            let_go()
        if len(written) != 1:
            raise AssertionError(f"the ways do not write the same rows: {written}")
    databases.drop("round")
    sql, one, two = (middle(rates[way]) for way in ("sql", "one", "two"))
    few = {} if quick else {"two": 3000.0}
    return [
        Figure("due deadlines, median of rounds", f"{rows:,} x {rounds}"),
        Figure("one hand-written SQL statement", shown(sql, "rungs/s")),
        Figure("the sweep, one process", shown(one, "rungs/s")),
        at_least("the sweep, two processes", two, few.get("two", 0), "rungs/s"),
        Figure("ratio, one process to SQL", shown(one / sql, "")),
        at_least("ratio, two processes to SQL", two / sql, 0.5, ""),
    ]


def prepare(databases: Databases, rows: int) -> None:
    """Fill a database with cases that the services opened, each with one broken promise."""
    databases.create("backlog", copy_of=MIGRATED)
    switch_to(databases, "backlog")
    size = stock.people(TEAMS, customers=200)
    stock.overdue_by_one_rung(clock.now())
    spread = Spread(
        copies=rows - 1, teams=TEAMS, people_per_team=size, customers=200,
        open_shift="k * interval '1 millisecond'",
    )  # fmt: skip
    assert clone(spread) == rows
    settle()
    assert Deadline.objects.filter(alarm_at__lt=clock.now()).count() == rows
    let_go()


def _rate(way: str, rows: int) -> float:
    if way == "sql":
        return rows / _one_statement(rows)
    return _sweepers(1 if way == "one" else 2, rows)


def _one_statement(rows: int) -> float:
    connection.ensure_connection()
    now = clock.now()
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RING_BREACHES, {"now": now})
        assert cursor.fetchone()[0] == rows
    return time.monotonic() - began


def _sweepers(number: int, rows: int) -> float:
    """Let several processes sweep at once; return the rungs a second from first to last."""
    command = [sys.executable, "-m", "tests.bench.sweeper"]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(number)]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    answers = []
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        output, _nothing = process.communicate(timeout=300)
        answers.append([float(word) for word in output.split()])
    assert sum(answer[0] for answer in answers) == rows
    return rows / (max(answer[2] for answer in answers) - min(answer[1] for answer in answers))


def _written() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return tuple(cursor.fetchone())
