"""Item 20: an alarm that cannot be rung is set apart, tried again, and stops nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from objections import escalation, steps
from objections.actors import Actor
from objections.deadlines.sweeping import lag, sweep
from objections.escalation import Ringing
from objections.models import Case, Deadline, Escalation
from objections.services.escalations import take
from objections.services.stepping import take_steps
from objections.vocabulary import DeadlineState, Promise
from tests.objections.record import clock, escalation_of, events, rang
from tests.stories import ACKNOWLEDGE, HOUR, MIN, open_at

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
Poison = Callable[..., None]


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Poison:
    """Make ringing these deadlines fail in the middle of it; called without any, nothing fails."""
    real = escalation.climb

    def poisoned(*bad: Deadline, error: type[Exception] = IntegrityError) -> None:
        keys = {row.pk for row in bad}

        def climb(deadline: Deadline, ringing: Ringing) -> None:
            real(deadline, ringing)
            if deadline.pk in keys:
                raise error("this row is broken")

        monkeypatch.setattr(escalation, "climb", climb)

    return poisoned


def acknowledgements(count: int, by: Actor, customer: Any, t0: datetime) -> list[Deadline]:
    cases = [open_at(t0, by=by, customer=customer) for _number in range(count)]
    return [clock(case, Promise.ACKNOWLEDGEMENT) for case in cases]


def test_item_20_the_others_ring_while_the_broken_ones_are_set_apart_with_the_reason(
    poison: Poison, by: Actor, customer: Any, t0: datetime
) -> None:
    rows = acknowledgements(12, by, customer, t0)
    bad = [rows[2], rows[3], rows[9]]
    poison(*bad)
    now = t0 + 11 * MIN
    assert sweep(now=now) == 9
    for row in rows:
        row.refresh_from_db()
        if row in bad:
            assert (row.rung, row.failures, row.quarantined_at) == (0, 1, now)
            assert row.failure == "IntegrityError: this row is broken"
            assert row.alarm_at == now + 30 * SECOND
            assert rang(row.case, Promise.ACKNOWLEDGEMENT) == []
        else:
            assert (row.rung, row.failures, row.quarantined_at) == (1, 0, None)
            assert len(rang(row.case, Promise.ACKNOWLEDGEMENT)) == 1
    assert lag(now=now) == timedelta(0)


def test_item_20_it_is_tried_again_after_twice_as_long_each_time_up_to_an_hour(
    poison: Poison, by: Actor, customer: Any, t0: datetime
) -> None:
    [row] = acknowledgements(1, by, customer, t0)
    poison(row)
    first = now = t0 + 11 * MIN
    for failures in range(1, 10):
        assert sweep(now=now) == 0
        row.refresh_from_db()
        assert row.failures == failures
        assert row.quarantined_at == first
        assert row.alarm_at == now + min(30 * SECOND * 2 ** (failures - 1), HOUR)
        assert sweep(now=row.alarm_at) == 0  # not before its time
        now = row.alarm_at + SECOND


def test_item_20_once_it_can_be_rung_all_of_it_rings_at_its_true_moments(
    poison: Poison, by: Actor, customer: Any, t0: datetime
) -> None:
    [row] = acknowledgements(1, by, customer, t0)
    poison(row)
    sweep(now=t0 + 11 * MIN)
    sweep(now=t0 + 16 * MIN)
    poison()
    assert sweep(now=t0 + 20 * MIN) == 3
    row.refresh_from_db()
    assert (row.failures, row.quarantined_at, row.failure) == (0, None, "")
    assert row.breached_at == t0 + 15 * MIN
    assert [at for _kind, at in rang(row.case, Promise.ACKNOWLEDGEMENT)] == [
        t0 + minute * MIN for minute in (10, 13, 15)
    ]
    assert row.alarm_at == t0 + 30 * MIN


def test_item_20_a_lost_connection_is_not_blamed_on_a_row(
    poison: Poison, by: Actor, customer: Any, t0: datetime
) -> None:
    [row] = acknowledgements(1, by, customer, t0)
    poison(row, error=OperationalError)
    with pytest.raises(OperationalError):
        sweep(now=t0 + 11 * MIN)
    row.refresh_from_db()
    assert (row.failures, row.alarm_at) == (0, t0 + 10 * MIN)


def test_item_20_a_broken_alarm_does_not_stand_in_the_way_of_work_on_its_case(
    poison: Poison, by: Actor, customer: Any, t0: datetime
) -> None:
    [row] = acknowledgements(1, by, customer, t0)
    poison(row)
    now = t0 + 16 * MIN
    take_steps(row.case, [ACKNOWLEDGE], by=by, now=now)
    row.refresh_from_db()
    assert (row.state, row.answered_late_at) == (DeadlineState.BREACHED, now)
    assert row.breached_at == t0 + 15 * MIN  # late stays late
    assert events(row.case, "deadline_breached") == [("deadline_breached", t0 + 15 * MIN)]
    assert row.case.stage == "confirm"


def test_item_20_a_broken_alarm_on_a_case_leaves_its_other_alarms_to_ring(
    poison: Poison, by: Actor, customer: Any, t0: datetime
) -> None:
    [row] = acknowledgements(1, by, customer, t0)
    case: Case = row.case
    asked = steps.HandOver(question="Why?", department="Lab", due_at=t0 + 14 * MIN)
    take_steps(case, [asked], by=by, now=t0 + MIN)
    poison(row)
    take_steps(case, [steps.WriteNote(text="x")], by=by, now=t0 + 16 * MIN)
    assert clock(case, Promise.HAND_OVER).breached_at == t0 + 14 * MIN
    assert clock(case, Promise.ACKNOWLEDGEMENT).failures == 1


def test_item_20_a_lapse_that_raises_is_set_apart_and_the_others_lapse(
    by: Actor, boss: Actor, customer: Any, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = acknowledgements(3, by, customer, t0)
    sweep(now=t0 + 16 * MIN)
    until = t0 + 40 * MIN
    for row in rows:
        taken = escalation_of(row.case, Promise.ACKNOWLEDGEMENT)
        take(taken, by=boss, next_step="I call", until=until, now=t0 + 17 * MIN)
    bad, real = escalation_of(rows[1].case, Promise.ACKNOWLEDGEMENT), escalation.lapse

    def lapse(found: Escalation, ringing: Ringing) -> None:
        real(found, ringing)
        if found == bad:
            raise ValueError("this row is broken")

    monkeypatch.setattr(escalation, "lapse", lapse)
    now = until + MIN
    assert sweep(now=now) == 2
    bad.refresh_from_db()
    assert (bad.level, bad.failures, bad.quarantined_at) == (1, 1, now)
    assert (bad.failure, bad.alarm_at) == ("ValueError: this row is broken", now + 30 * SECOND)
    monkeypatch.setattr(escalation, "lapse", real)
    assert sweep(now=now + MIN) == 1
    bad.refresh_from_db()
    assert (bad.level, bad.failures, bad.quarantined_at, bad.failure) == (2, 0, None, "")
    assert events(bad.case, "escalation_lapsed") == [("escalation_lapsed", until)]
