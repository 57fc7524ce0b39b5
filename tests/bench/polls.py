"""What an idle clock costs: looking for work among a million open deadlines."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg2
from django.db import connection

from accounts.models import User
from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Deadline
from objections.services.stepping import take_steps
from objections.steps import Commit
from tests.bench import stock
from tests.bench.cloning import Spread, clone, settle
from tests.bench.databases import MIGRATED, Databases, let_go, switch_to
from tests.bench.figures import Figure, at_most, middle, shown
from tests.stories import DAY, open_at
from timekeeping import clock

TITLE = "Idle poll"
PER_CASE = 10
INDEX = "deadline_alarm"
Said = tuple[str, Any, float]


def measure(databases: Databases, *, quick: bool, seed: int) -> list[Figure]:
    """Look for work that is not there, plainly and while an old snapshot is held open."""
    cases = 5_000 if quick else 100_000
    prepare(databases, cases)
    rounds = 40 if quick else 200
    looks, said = look(rounds)
    claims = [statement for statement in said if "FOR NO KEY UPDATE" in statement[0]]
    figures = [
        Figure("open deadlines", f"{cases * PER_CASE:,}"),
        at_most("poll, median", 1000 * middle([took for *_, took in claims]), 2.0, "ms"),
        Figure("a whole look (two lanes, lapses), median", shown(1000 * middle(looks), "ms")),
        plan_of(claims),
    ]
    overtaken = cases // 2
    with old_snapshot(databases.url("idle")):
        leave_dead_rows(overtaken)
        _looks, said = look(rounds // 4)
    fresh = [took for sql, _parameters, took in said if is_fresh_lane(sql)]
    figures.append(
        at_most(
            f"fresh lane, {overtaken:,} rung under an old snapshot", 1000 * middle(fresh), 5.0, "ms"
        )
    )
    let_go()
    databases.drop("idle")
    return figures


def prepare(databases: Databases, cases: int) -> None:
    """Fill a database with open cases of ten running clocks each, none of them due."""
    databases.create("idle", copy_of=MIGRATED)
    switch_to(databases, "idle")
    stock.people(1, customers=1)
    by, now = Actor.person(User.objects.get(username="engineer0_0")), clock.now()
    case = open_at(now, by=by, customer=Customer.objects.get())
    steps = [
        Commit(what=f"Part {number} is there", due_at=now + (number + 2) * DAY)
        for number in range(PER_CASE - 2)
    ]
    take_steps(case, steps, by=by, now=now)
    clone(Spread(copies=cases - 1, open_shift="k * interval '2 seconds'"), only=[Case, Deadline])
    settle()
    assert Deadline.objects.running().filter(alarm_at__gt=now).count() == cases * PER_CASE


def look(rounds: int) -> tuple[list[float], list[Said]]:
    """Look for work several times; return how long each took, and each statement."""
    said: list[Said] = []

    def listen(
        execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            said.append((sql, parameters, time.perf_counter() - began))

    looks = []
    for _round in range(rounds + 3):
        now = clock.now()
        with connection.execute_wrapper(listen):
            began = time.perf_counter()
            assert sweeping.sweep(now=now) == 0
            looks.append(time.perf_counter() - began)
    return looks[3:], said


def is_fresh_lane(sql: str) -> bool:
    return "FOR NO KEY UPDATE" in sql and '"alarm_at" >=' in sql


def plan_of(claims: list[Said]) -> Figure:
    """Say how the server finds what is due, asked for each of the statements that claim."""
    plans = {}
    for sql, parameters, _took in claims:
        if sql not in plans:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", parameters)
                plans[sql] = "\n".join(line for (line,) in cursor.fetchall())
    by_index = all(
        f"Index Scan using {INDEX}" in plan and "Seq Scan on objections_deadline" not in plan
        for plan in plans.values()
    )
    found = f"Index Scan using {INDEX}" if by_index else "another plan"
    return Figure("plan of both lanes", found, "index scan", by_index)


@contextlib.contextmanager
def old_snapshot(url: str) -> Iterator[None]:
    """Hold a snapshot open, as a report or a dump does, so that nothing dead is cleared away."""
    report = psycopg2.connect(url)
    try:
        with report.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM accounts_team")
            yield
    finally:
        report.close()


def leave_dead_rows(number: int) -> None:
    """Let alarms fall due and be set on, as ringing them would; their old entries must stay."""
    now = clock.now()
    with connection.cursor() as cursor:
        for alarm in (now - timedelta(minutes=1), now + 2 * DAY):
            cursor.execute(
                "UPDATE objections_deadline SET alarm_at = %s WHERE id IN"
                " (SELECT id FROM objections_deadline ORDER BY id LIMIT %s)",
                [alarm, number],
            )
