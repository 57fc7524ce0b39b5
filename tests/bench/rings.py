"""How late a deadline rings: from its true moment to the commit that rang it.

The moment of a commit is the server's own (`track_commit_timestamp`), which the product does
not need and has not switched on; so this part has a server of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.core.management import call_command

from accounts.models import User
from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Deadline
from objections.vocabulary import Kind
from tests.bench import stock
from tests.bench.cloning import Spread, clone, settle
from tests.bench.databases import MIGRATED, Databases, let_go, switch_to
from tests.bench.figures import Figure, at_most, shown
from tests.stories import MIN, open_at
from tests.torture.checking import Findings, judge
from tests.torture.ground import Ground, House
from tests.torture.servers import own_servers
from timekeeping import clock

TITLE = "Lateness, from a deadline's moment to the commit that rang it"
ACKNOWLEDGED_IN = 15 * MIN
SOON = timedelta(seconds=30)
TEAMS = 8
PER_SECOND = 100
AT_ONE_INSTANT = 5_000


def measure(databases: Databases, *, quick: bool, seed: int) -> list[Figure]:
    """Let deadlines fall due under processes of the product, and ask the server when they rang."""
    seconds, overdue = (5, 5_000) if quick else (30, 100_000)
    before = os.environ["DATABASE_URL"]
    with ground(seed) as ours:
        figures = [
            *steadily(ours, seconds),
            at_one_instant(ours),
            *beside_a_backlog(ours, overdue),
        ]
    os.environ["DATABASE_URL"] = before
    return figures


@contextmanager
def ground(seed: int) -> Iterator[Ground]:
    """Start servers of our own, with one migrated database of which each figure gets a copy."""
    let_go()
    with own_servers() as (folder, postgres, valkey, sink):
        databases = Databases(postgres.url, valkey.url(), prefix="casetrack_bench_")
        databases.create(MIGRATED)
        switch_to(databases, MIGRATED)
        call_command("migrate", interactive=False, verbosity=0)
        let_go()
        yield Ground(Path(folder), postgres, valkey, sink, databases, seed, short=False)
        let_go()


def steadily(ours: Ground, seconds: int) -> list[Figure]:
    """Let a hundred deadlines a second fall due: under two clocks, one, and Celery's tick."""
    figures = []
    for name, most in (("run_clock x 2", 0.25), ("run_clock x 1", None), ("1 s tick", 1.2)):
        with ours.house(MIGRATED) as house:
            due = lay_out(seconds * PER_SECOND, f"k * interval '{1 / PER_SECOND} seconds'")
            start(house, name, due)
            found = wait_for(house, due, seconds * PER_SECOND)
        label = f"{PER_SECOND} due a second, {name}: p99"
        p99 = found.p99.total_seconds()
        plain = Figure(label, shown(p99, "s"))
        figures.append(plain if most is None else at_most(label, p99, most, "s"))
    return figures


def at_one_instant(ours: Ground) -> Figure:
    with ours.house(MIGRATED) as house:
        due = lay_out(AT_ONE_INSTANT, "interval '0'")
        start(house, "run_clock x 2", due)
        found = wait_for(house, due, AT_ONE_INSTANT)
    label = f"{AT_ONE_INSTANT:,} due at one instant, the last of them"
    return at_most(label, found.worst.total_seconds(), 2.0, "s")


def beside_a_backlog(ours: Ground, overdue: int) -> list[Figure]:
    """Start two clocks over a backlog, and look at what falls due while it lasts."""
    with ours.house(MIGRATED) as house:
        populate()
        fresh(clock.now() + timedelta(seconds=5))
        stock.overdue_by_one_rung(clock.now())
        # Copies of the fresh one fall due twenty a second, those of the other are overdue.
        steady = "k * interval '50 milliseconds'"
        spread(
            overdue, f"CASE root.kind WHEN '{Kind.OBJECTION}' THEN {steady} ELSE interval '0' END"
        )
        have_a_history()
        start(house, "run_clock x 2")
        began = clock.now()
        took = house.until(lambda: drained(began), "the backlog is rung", seconds=900, every=0.5)
        found = judge(since=began, until=clock.now() - timedelta(seconds=1), written=began)
    assert found.clean, found
    assert found.timed, found
    return [
        Figure(f"backlog of {overdue:,} rung by two clocks in", shown(took, "s")),
        at_most("  what fell due meanwhile: the worst", found.worst.total_seconds(), 1.0, "s"),
        Figure("  its p99", shown(found.p99.total_seconds(), "s")),
    ]


def have_a_history() -> None:
    """Ring the first thousand, so that no table is empty when the server plans its checks."""
    rung = 0
    while rung < 1_000:
        rung += sweeping.drain(clock.now, limit=timedelta(0))
    settle()


def start(house: House, name: str, due: datetime | None = None) -> None:
    """Start the processes that ring, and wait until they do, before the first is due."""
    fleet = house.fleet
    if name == "1 s tick":
        fleet.beat()
        ringing = [fleet.worker("worker", queues="clock")]
    else:
        ringing = [fleet.clock(f"clock-{number}") for number in range(int(name[-1]))]
    house.ready(*ringing)
    if due is not None and clock.now() > due:
        raise RuntimeError("this machine is too slow for this measurement")


def populate() -> None:
    stock.people(TEAMS, customers=200)


def fresh(due: datetime) -> None:
    """Open a case whose acknowledgement is due at that moment, its warnings behind it."""
    by = Actor.person(User.objects.get(username="engineer0_0"))
    open_at(
        due - ACKNOWLEDGED_IN, by=by, customer=Customer.objects.earliest("pk"), kind=Kind.OBJECTION
    )
    sweeping.sweep(now=min(clock.now(), due - MIN))


def spread(rows: int, shift: str) -> None:
    size = User.objects.count() // TEAMS
    clone(
        Spread(copies=rows - 1, teams=TEAMS, people_per_team=size, customers=200, open_shift=shift)
    )
    settle()


def lay_out(rows: int, shift: str) -> datetime:
    """Make rows of which the first falls due soon, while nothing rings; return that moment."""
    populate()
    due = clock.now() + SOON
    fresh(due)
    spread(rows, shift)
    return due


def wait_for(house: House, due: datetime, rows: int) -> Findings:
    """Wait until all of the rows have rung, and judge them."""
    broken = Deadline.objects.filter(promise="acknowledgement", breached_at__gte=due)
    house.until(lambda: broken.count() >= rows, f"{rows} ring", seconds=300, every=0.5)
    found = judge(since=due, until=clock.now())
    assert found.clean, found
    assert found.timed >= rows, found
    return found


def drained(since: datetime) -> bool:
    waiting = Deadline.objects.filter(alarm_at__lt=since)
    return not waiting.exists()
