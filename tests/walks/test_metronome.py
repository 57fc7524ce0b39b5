"""Celery as it runs in production: beat ticks, a worker rings, both processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Notice
from tests.casetrack.waiting import eventually
from tests.conftest import People
from tests.stories import MIN, open_at
from timekeeping import clock

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
BEAT = ("beat", "--pidfile=")
WORKER = ("worker", "--queues", "clock,mail", "--concurrency", "1", "--without-gossip")


@pytest.fixture
def broker() -> Iterator[str]:
    """An empty database of the test run's broker, which no other test uses."""
    address = settings.REDIS_URL.rsplit("/", 1)[0] + "/9"
    with redis.Redis.from_url(address) as client:
        client.flushdb()
        yield address
        client.flushdb()


@contextmanager
def celery(broker: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one Celery process against the test's own database and broker."""
    given = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": (
            f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST'] or 'localhost'}"
            f":{given['PORT'] or 5432}/{given['NAME']}"
        ),
        "REDIS_URL": broker,
        "DJANGO_SETTINGS_MODULE": "casetrack.settings.test",
    }
    command = [sys.executable, "-m", "celery", "--app", "casetrack", *arguments]
    process = subprocess.Popen([*command, "--loglevel", "error"], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def late_case(people: People, customer: Customer) -> Case:
    """Open a case whose acknowledgement is late already."""
    return open_at(clock.now() - 20 * MIN, by=Actor.person(people.engineer), customer=customer)


def has_rung(case: Case) -> bool:
    return case.deadlines.filter(breached_at__isnull=False).exists()


def beats() -> bool:
    since = clock.since_beat(sweeping.HEARTBEAT)
    return since is not None and since < timedelta(seconds=3)


def test_a_deadline_rings_within_seconds_by_beat_and_worker(
    people: People, customer: Customer, broker: str
) -> None:
    with celery(broker, *WORKER), celery(broker, *BEAT):
        eventually(beats, seconds=START_SECONDS)
        case = late_case(people, customer)
        eventually(lambda: has_rung(case), seconds=10)
        [escalation] = case.escalations.all()
        assert escalation.opened_at == case.received_at + 15 * MIN
        told = Notice.objects.filter(escalation=escalation, channel="in_app", kind="escalated")
        assert {notice.user for notice in told} == {people.supervisor, people.engineer}


def test_two_beats_and_two_workers_ring_once(
    people: People, customer: Customer, broker: str
) -> None:
    with ExitStack() as stack:
        for arguments in (WORKER, WORKER, BEAT, BEAT):
            stack.enter_context(celery(broker, *arguments))
        eventually(beats, seconds=START_SECONDS)
        cases = [late_case(people, customer) for _number in range(10)]
        eventually(lambda: all(has_rung(case) for case in cases), seconds=10)
        eventually(lambda: sweeping.lag(now=clock.now()) == timedelta(0), seconds=5)
    for case in cases:
        assert case.events.filter(kind="deadline_breached").count() == 1
        assert case.escalations.count() == 1


def test_what_fell_due_while_the_worker_was_dead_rings_when_it_is_back(
    people: People, customer: Customer, broker: str
) -> None:
    with celery(broker, *BEAT):
        with celery(broker, *WORKER):
            eventually(beats, seconds=START_SECONDS)
        case = late_case(people, customer)
        with celery(broker, *WORKER):
            eventually(lambda: has_rung(case), seconds=START_SECONDS)
    breach = case.events.get(kind="deadline_breached")
    assert breach.occurred_at == case.received_at + 15 * MIN
    assert breach.recorded_at > breach.occurred_at
