"""The clock as a process of its own: it needs no broker, stops when told, and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case
from objections.tasks import tick
from tests.conftest import People
from tests.stories import MIN, open_at
from timekeeping import clock

ROOT = Path(__file__).resolve().parents[2]
GIVE_UP = 20.0


def address() -> str:
    given = connection.settings_dict
    host, port = given["HOST"] or "localhost", given["PORT"] or 5432
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{host}:{port}/{given['NAME']}"


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the clock against the test's database, without any broker."""
    environment = {
        **os.environ,
        "DATABASE_URL": address(),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "casetrack.settings.test",
    }
    command = [sys.executable, "manage.py", "run_clock", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(happened: Callable[[], bool]) -> float:
    """Wait for something, and return how long it took."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < GIVE_UP
        time.sleep(0.05)
    return time.monotonic() - began


def beats() -> bool:
    since = clock.since_beat(sweeping.HEARTBEAT)
    return since is not None and since < timedelta(seconds=2)


def late_case(people: People, customer: Customer) -> Case:
    """Open a case whose acknowledgement is late already."""
    return open_at(clock.now() - 20 * MIN, by=Actor.person(people.engineer), customer=customer)


def rang(case: Case) -> Callable[[], bool]:
    return lambda: case.deadlines.filter(breached_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_it_rings_without_a_broker_and_stops_when_told(people: People, customer: Customer) -> None:
    case = late_case(people, customer)
    with running() as process:
        wait_until(rang(case))
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


@pytest.mark.django_db(transaction=True)
def test_it_finds_the_database_again_within_three_seconds(
    people: People, customer: Customer
) -> None:
    with running() as process:
        wait_until(beats)
        for _time in range(3):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            assert wait_until(rang(late_case(people, customer))) < 3
        assert process.poll() is None


@pytest.mark.django_db(transaction=True)
def test_once_rings_what_is_due_and_ends(people: People, customer: Customer) -> None:
    case = late_case(people, customer)
    with running("--once") as process:
        assert process.wait(timeout=GIVE_UP) == 0
    assert rang(case)()


@pytest.mark.django_db(transaction=True)
def test_a_tick_of_the_broker_rings_the_same_and_a_second_one_nothing(
    people: People, customer: Customer
) -> None:
    case = late_case(people, customer)
    assert tick.name == "objections.tick"
    tick()
    assert rang(case)()
    events = case.events.count()
    tick()
    assert case.events.count() == events
