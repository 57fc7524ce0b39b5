"""Pauses forgive nothing and cost nothing, in elapsed time and in working time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import (
    Allowance,
    Pause,
    Policy,
)
from objections.services.stepping import take_steps
from objections.vocabulary import (
    Channel,
    EventKind,
    PauseReason,
    Promise,
    Stage,
    Unit,
)
from tests.objections.recomputing.given import (
    crisis_in,
    make_crisis,
    of_kind,
)
from tests.objections.record import clock
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, open_at, walk_to
from timekeeping.models import Calendar

pytestmark = pytest.mark.django_db


def test_item_11_a_pause_does_not_forgive_what_the_change_makes_overdue(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(4 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + 10 * HOUR)
    make_crisis(case, t0 + 11 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert (deadline.paused_at, deadline.due_at) == (None, t0 + 4 * HOUR)
    assert deadline.breached_at == t0 + 11 * HOUR
    assert Pause.objects.get().resumed_at == t0 + 10 * HOUR


def test_item_11_a_paused_clock_keeps_the_warnings_that_lie_ahead_of_it(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(12 * HOUR)
    given = Allowance.objects.get(promise="response", urgency="crisis")
    given.rungs.create(offset=-6 * HOUR, level=0)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    make_crisis(case, t0 + 8 * HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 8 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == t0 + 19 * HOUR
    assert deadline.moment_of(0) == t0 + 13 * HOUR


def test_item_11_a_proof_from_before_the_change_counts_by_what_was_promised_then(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="acknowledgement", urgency="crisis", length=MIN
    )
    early, late = (open_at(t0, by=by, customer=customer) for _ in range(2))
    for case in (early, late):
        make_crisis(case, t0 + 10 * MIN)
        assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 + 10 * MIN
    for case, at in ((early, t0 + 9 * MIN), (late, t0 + 11 * MIN)):
        take_steps(case, [replace(ACKNOWLEDGE, at=at)], by=by, now=t0 + 13 * MIN)
    assert clock(early, Promise.ACKNOWLEDGEMENT).kept_at == t0 + 9 * MIN
    assert clock(late, Promise.ACKNOWLEDGEMENT).answered_late_at == t0 + 11 * MIN


def test_a_share_of_the_allowance_is_counted_without_the_pauses(
    by: Actor, customer: Any, t0: datetime
) -> None:
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.all().delete()
    given.rungs.create(percent=-50, level=0)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 5 * HOUR)
    make_crisis(case, t0 + 6 * HOUR)
    assert clock(case, Promise.RESPONSE).moment_of(0) == t0 + 16 * HOUR
    recomputed = of_kind(case, EventKind.DEADLINE_RECOMPUTED)
    assert "response" not in [event.data["promise"] for event in recomputed]


def test_item_10_a_working_clock_has_as_much_left_after_a_pause_as_before(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0 - 8 * HOUR, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    at = t0 - 3 * HOUR + timedelta(microseconds=7)
    take_steps(case, [pause], by=by, now=at)
    left = 13 * HOUR - timedelta(microseconds=7)
    assert clock(case, Promise.RESPONSE).remaining == left
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=at + 4 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == datetime.fromisoformat("2026-03-04T12:59:59.999993+08:00")
    message = steps.ReceiveMessage(channel=Channel.CHAT, message="Well?")
    take_steps(case, [message], by=by, now=t0 + DAY)
    assert clock(case, Promise.CUSTOMER_MESSAGE).unit == Unit.WORKING


def test_item_10_a_working_clock_resumes_by_itself_with_its_rungs_laid_out_anew(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.create(offset=-2 * HOUR, level=0)
    case = walk_to(Stage.CONFIRM, t0 - 8 * HOUR, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 - 3 * HOUR)
    sweep(now=t0 + 8 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == datetime.fromisoformat("2026-03-04T13:00+08:00")
    assert deadline.moment_of(0) == datetime.fromisoformat("2026-03-04T11:00+08:00")
    assert deadline.alarm_at == deadline.moment_of(0)
