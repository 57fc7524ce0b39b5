"""How late rungs rang: counted once each, by whoever rings, and never forgotten."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections, transaction

from objections import escalation
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.services.escalations import take
from objections.services.stepping import take_steps
from tests.conftest import People
from tests.stories import ACKNOWLEDGE, HOUR, MIN, open_at
from timekeeping import clock, punctuality
from timekeeping.models import Punctuality
from timekeeping.punctuality import Tally, histogram

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
AT = datetime(2026, 3, 2, 9, 40, tzinfo=UTC)


def rang(*seconds: float, now: datetime = AT) -> None:
    tally = Tally()
    for one in seconds:
        tally.add(timedelta(seconds=one))
    tally.save(now=now)


def counted(**more: Any) -> dict[float, int]:
    return {bucket.most: bucket.rungs for bucket in histogram(**more) if bucket.rungs}


def test_a_rung_counts_in_the_first_bucket_that_holds_it() -> None:
    rang(0.05, 0.1, 0.11, 5.0, 5.1, 3600.0, 3601.0)
    assert counted() == {0.1: 2, 0.25: 1, 5.0: 1, 15.0: 1, 3600.0: 1, math.inf: 1}
    assert sum(bucket.seconds for bucket in histogram()) == pytest.approx(7211.36)


def test_every_bucket_is_there_even_where_nothing_rang() -> None:
    assert [bucket.most for bucket in histogram()] == [*punctuality.BOUNDS, math.inf]
    assert {bucket.rungs for bucket in histogram()} == {0}


def test_a_process_adds_to_its_hour() -> None:
    rang(0.05)
    rang(0.05, 9999.0)
    rows = Punctuality.objects.order_by("most")
    hour = AT.replace(minute=0)
    assert [(row.process, row.hour, row.most, row.rungs) for row in rows] == [
        (clock.process(), hour, 0.1, 2), (clock.process(), hour, None, 1),
    ]  # fmt: skip


def test_what_is_asked_for_since_a_moment_begins_with_its_hour() -> None:
    rang(0.05, now=AT - HOUR)
    rang(0.2, now=AT)
    assert counted(since=AT + 10 * MIN) == {0.25: 1}
    assert counted(since=AT - 50 * MIN) == {0.1: 1, 0.25: 1}


def test_what_is_older_than_three_days_stays_in_the_total_in_a_few_rows() -> None:
    for hours in range(10):
        rang(0.05, 7000.0, now=AT - timedelta(days=4, hours=hours))
    rang(0.05, now=AT)
    before = histogram()
    punctuality.fold(now=AT)
    punctuality.fold(now=AT)
    assert histogram() == before
    assert Punctuality.objects.count() == 3
    assert counted(since=AT) == {0.1: 1}
    rang(0.05, now=AT - timedelta(days=5))
    punctuality.fold(now=AT)
    assert counted() == {0.1: 12, math.inf: 10}


def test_it_is_tidied_once_an_hour_in_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(punctuality, "_tidy_at", 0.0)
    rang(0.05, now=AT - timedelta(days=4))
    punctuality.tidy(now=AT)
    assert Punctuality.objects.get().hour == punctuality.EVER
    rang(0.05, now=AT - timedelta(days=4))
    punctuality.tidy(now=AT)
    assert Punctuality.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_tidy_at_once_count_nothing_twice() -> None:
    for hours in range(40):
        rang(0.05, 7000.0, now=AT - timedelta(days=4, hours=hours))
    start = Barrier(4)

    def tidy() -> None:
        start.wait(timeout=10)
        punctuality.fold(now=AT)
        connections.close_all()

    threads = [Thread(target=tidy) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    punctuality.fold(now=AT)
    assert counted() == {0.1: 40, math.inf: 40}
    assert Punctuality.objects.count() == 2


# ── what rings is counted ─────────────────────────────────────────────────────────────


def test_each_rung_of_a_sweep_counts_with_its_own_lateness(
    people: People, customer: Any, t0: datetime
) -> None:
    open_at(t0, by=Actor.person(people.engineer), customer=customer)
    now = t0 + 15 * MIN + timedelta(milliseconds=200)
    assert sweeping.sweep(now=now) == 3  # warned at 10 and 13 minutes, broken at 15
    assert counted() == {0.25: 1, 300.0: 1, 3600.0: 1}  # 0.2 s, 2 min, 5 min and 0.2 s late
    assert sum(bucket.seconds for bucket in histogram()) == pytest.approx(0.2 + 120.2 + 300.2)
    assert sweeping.sweep(now=now + MIN) == 0
    assert sum(bucket.rungs for bucket in histogram()) == 3


def test_what_is_rolled_back_was_never_counted() -> None:
    with transaction.atomic():
        rang(0.05)
        transaction.set_rollback(True)
    assert counted() == {}


def test_a_rung_that_could_not_ring_is_not_counted_and_the_others_are(
    people: People, customer: Any, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = Actor.person(people.engineer)
    cases = [open_at(t0, by=by, customer=customer) for _number in range(4)]
    real = escalation.climb

    def climb(deadline: Any, ringing: Any) -> None:
        real(deadline, ringing)
        if deadline.case == cases[1]:
            raise ValueError("this row is broken")

    monkeypatch.setattr(escalation, "climb", climb)
    assert sweeping.sweep(now=t0 + 10 * MIN + SECOND) == 3
    assert counted() == {1.0: 3}


def test_what_a_step_rings_before_it_is_written_is_not_counted(
    people: People, customer: Any, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 16 * MIN)
    assert case.events.filter(kind="deadline_breached").exists()
    assert counted() == {}


def test_a_reminder_or_a_lapse_counts_like_a_rung(
    people: People, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    sweeping.sweep(now=t0 + 15 * MIN + SECOND)
    already = sum(bucket.rungs for bucket in histogram())
    until = t0 + 40 * MIN
    take(
        case.escalations.get(), by=Actor.person(people.supervisor), next_step="I call",
        until=until, now=t0 + 17 * MIN,
    )  # fmt: skip
    assert sweeping.sweep(now=until + 10 * SECOND) == 1
    assert sum(bucket.rungs for bucket in histogram()) == already + 1
    assert counted()[15.0] == 1
