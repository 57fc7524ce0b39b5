"""The database decides what time it is, and one function says so."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from objections.actors import Actor
from objections.deadlines.sweeping import drain
from objections.services.stepping import take_steps
from objections.vocabulary import Promise
from tests.conftest import People
from tests.stories import ACKNOWLEDGE, MIN, open_at
from timekeeping import clock
from timekeeping.models import Heartbeat, SandboxClock

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "casetrack", "customers", "dashboards", "integrations", "objections",
         "timekeeping")  # fmt: skip
ASKS_THE_HOST = re.compile(r"timezone\.now\(|datetime\.(now|utcnow|today)\(|date\.today\(")
OFF = [timedelta(hours=-2), timedelta(hours=2), timedelta(days=400)]

needs_database = pytest.mark.django_db


def by_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


@contextmanager
def host_is_off(by: timedelta, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this host believe that it is another time."""
    real_time, real_now = time.time, timezone.now
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: real_time() + by.total_seconds())
        patch.setattr(timezone, "now", lambda: real_now() + by)
        yield


@needs_database
def test_now_is_the_databases_moment_in_utc() -> None:
    before = by_database()
    now = clock.now()
    after = by_database()
    assert before <= now <= after
    assert now.utcoffset() == timedelta(0)


@needs_database
def test_now_goes_on_inside_a_transaction() -> None:
    with transaction.atomic():
        assert clock.now() < clock.now()


@needs_database
@pytest.mark.parametrize("off", OFF, ids=str)
def test_the_hosts_clock_plays_no_part(
    off: timedelta, people: People, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = Actor.person(people.engineer)
    with host_is_off(off, monkeypatch):
        assert abs(time.time() - by_database().timestamp()) > 3600  # the host really is wrong
        now = clock.now()
        assert abs(now - by_database()) < timedelta(seconds=5)
        spoke = now - 16 * MIN
        case = open_at(spoke, by=by, customer=customer)
        assert drain(clock.now) == 3
        deadline = case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT)
        assert deadline.breached_at == spoke + 15 * MIN
        young = open_at(now - 14 * MIN, by=by, customer=customer)
        take_steps(young, [ACKNOWLEDGE], by=by, now=clock.now())
        kept = young.deadlines.get(promise=Promise.ACKNOWLEDGEMENT)
        assert kept.kept_at is not None
        assert abs(kept.kept_at - by_database()) < timedelta(seconds=5)
        age = clock.since_beat("sweep")
        assert age is not None
        assert timedelta(0) <= age < timedelta(seconds=5)


def test_nobody_else_asks_what_time_it_is() -> None:
    asking = [
        f"{path.relative_to(ROOT)}:{number}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ASKS_THE_HOST.search(line.partition("#")[0])
    ]
    assert asking == []


# ── the sandbox ───────────────────────────────────────────────────────────────────────


@needs_database
def test_a_sandbox_clock_stands_ahead_of_the_databases() -> None:
    assert clock.offset() == timedelta(0)
    assert clock.advance(15 * MIN) == 15 * MIN
    assert clock.advance(5 * MIN) == 20 * MIN
    assert clock.offset() == 20 * MIN
    assert abs(clock.now() - by_database() - 20 * MIN) < timedelta(seconds=5)


@needs_database
def test_a_sandbox_clock_never_runs_backwards() -> None:
    clock.advance(15 * MIN)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-MIN)
    assert clock.offset() == 15 * MIN


@needs_database
def test_a_real_clock_cannot_be_moved_and_heeds_no_stored_offset(settings: Any) -> None:
    SandboxClock.objects.create(offset=15 * MIN)
    settings.CASETRACK_SANDBOX = False
    with pytest.raises(clock.SandboxIsOff):
        clock.advance(MIN)
    assert SandboxClock.objects.get().offset == 15 * MIN
    assert clock.offset() == timedelta(0)
    assert abs(clock.now() - by_database()) < timedelta(seconds=5)


@pytest.mark.django_db(transaction=True)
def test_two_who_push_the_sandbox_clock_at_once_both_count() -> None:
    start = Barrier(4)

    def push() -> None:
        start.wait(timeout=10)
        clock.advance(MIN)
        connections.close_all()

    threads = [Thread(target=push) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert clock.offset() == 4 * MIN


# ── the heartbeat ─────────────────────────────────────────────────────────────────────


@needs_database
def test_a_process_has_one_heartbeat_that_knows_its_age_and_its_lag() -> None:
    assert clock.since_beat("sweep") is None
    clock.beat("sweep", lag=3 * MIN)
    clock.beat("sweep", lag=MIN)
    [row] = Heartbeat.objects.all()
    assert (row.name, row.lag) == (f"sweep {clock.process()}", MIN)
    age = clock.since_beat("sweep")
    assert age is not None
    assert timedelta(0) <= age < timedelta(seconds=5)


@needs_database
def test_each_process_has_a_heartbeat_of_its_own_and_the_newest_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.beat("sweep", lag=MIN)
    Heartbeat.objects.update(beaten_at=by_database() - 2 * MIN)
    age = clock.since_beat("sweep")
    assert age is not None
    assert age >= 2 * MIN
    monkeypatch.setattr(clock, "process", lambda: "elsewhere 17")
    clock.beat("sweep", lag=timedelta(0))
    assert Heartbeat.objects.count() == 2
    age = clock.since_beat("sweep")
    assert age is not None
    assert age < MIN
    assert clock.since_beat("swee") is None


@needs_database
def test_the_heartbeat_of_a_process_that_is_silent_for_a_day_is_removed() -> None:
    now = by_database()
    for name, ago in [("old", timedelta(hours=25)), ("young", timedelta(hours=23))]:
        Heartbeat.objects.create(name=f"sweep {name} 1", beaten_at=now - ago)
    clock.beat("sweep", lag=timedelta(0))
    names = set(Heartbeat.objects.values_list("name", flat=True))
    assert names == {"sweep young 1", f"sweep {clock.process()}"}


@needs_database
def test_a_process_that_slept_for_days_beats_again_in_its_own_row() -> None:
    clock.beat("sweep", lag=timedelta(0))
    Heartbeat.objects.update(beaten_at=by_database() - timedelta(days=3))
    clock.beat("sweep", lag=timedelta(0))
    assert Heartbeat.objects.count() == 1
    age = clock.since_beat("sweep")
    assert age is not None
    assert age < MIN


@needs_database
@pytest.mark.parametrize("off", [timedelta(0), timedelta(seconds=3), *OFF], ids=str)
def test_a_heartbeat_says_how_far_its_host_is_ahead(
    off: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "_skew", clock._Skew())
    with host_is_off(off, monkeypatch):
        clock.beat("sweep", lag=timedelta(0))
    row = Heartbeat.objects.get()
    assert row.host == clock.host() != ""
    assert abs(row.skew - off) < timedelta(milliseconds=500)


@needs_database
def test_a_slow_answer_teaches_nothing_of_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    skew = clock._Skew()
    skew.measure("SELECT statement_timestamp()", [])
    before = skew.seen
    skew.measure("SELECT statement_timestamp() FROM pg_sleep(1.1)", [])
    assert skew.seen == before
    skew.measure("SELECT statement_timestamp() FROM pg_sleep(0.1)", [])
    assert skew.seen != before


@needs_database
def test_a_turn_is_had_once_in_its_time() -> None:
    assert clock.claim("ping", every=MIN)
    assert not clock.claim("ping", every=MIN)
    Heartbeat.objects.update(beaten_at=by_database() - MIN)
    assert clock.claim("ping", every=MIN)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_want_a_turn_at_once_one_has_it() -> None:
    start, had = Barrier(4), []

    def want() -> None:
        start.wait(timeout=10)
        had.append(clock.claim("ping", every=MIN))
        connections.close_all()

    threads = [Thread(target=want) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(had) == [False, False, False, True]


@needs_database
def test_a_heartbeat_does_not_travel_with_the_sandbox() -> None:
    clock.beat("sweep", lag=timedelta(0))
    clock.advance(timedelta(days=3))
    age = clock.since_beat("sweep")
    assert age is not None
    assert age < timedelta(seconds=5)
