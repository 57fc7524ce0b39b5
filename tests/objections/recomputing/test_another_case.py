"""A running clock keeps its start, its pauses and what has become of it when the case changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from customers.models import Tier
from objections import steps
from objections.actors import Actor
from objections.clockface import ClockState, face
from objections.deadlines.recomputing import recompute_case
from objections.deadlines.sweeping import sweep
from objections.locking import lock
from objections.models import (
    Allowance,
    Escalation,
    Policy,
)
from objections.services.stepping import take_steps
from objections.vocabulary import (
    EventKind,
    PauseReason,
    Promise,
    RecomputeCause,
    Stage,
)
from tests.conftest import People
from tests.objections.recomputing.given import (
    crisis_in,
    drained,
    make_crisis,
    of_kind,
)
from tests.objections.record import clock
from tests.stories import DAY, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db


def test_item_11_the_new_due_moment_counts_from_the_original_start(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(6 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    make_crisis(case, t0 + 2 * HOUR)
    assert clock(case, Promise.RESPONSE).due_at == t0 + 6 * HOUR
    assert clock(case, Promise.RESPONSE).started_at == t0


def test_item_11_the_pauses_already_taken_are_added(by: Actor, customer: Any, t0: datetime) -> None:
    crisis_in(12 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 4 * HOUR)
    make_crisis(case, t0 + 5 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == t0 + 15 * HOUR
    assert deadline.allowance == 12 * HOUR


def test_item_11_a_clock_that_stands_still_keeps_standing_with_what_is_left(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(12 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    make_crisis(case, t0 + 2 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert (deadline.due_at, deadline.remaining) == (None, 11 * HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 3 * HOUR)
    assert clock(case, Promise.RESPONSE).due_at == t0 + 14 * HOUR


def test_item_11_kept_stays_kept_and_broken_stays_broken(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="acknowledgement", urgency="crisis", length=MIN
    )
    kept = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    before = clock(kept, Promise.ACKNOWLEDGEMENT)
    make_crisis(kept, t0 + HOUR)
    after = clock(kept, Promise.ACKNOWLEDGEMENT)
    assert (after.due_at, after.kept_at) == (before.due_at, before.kept_at)
    broken = open_at(t0, by=by, customer=customer)
    make_crisis(broken, t0 + 20 * MIN)
    late = clock(broken, Promise.ACKNOWLEDGEMENT)
    assert (late.due_at, late.breached_at) == (t0 + 15 * MIN, t0 + 15 * MIN)


def test_item_11_a_change_that_makes_it_overdue_is_one_entry_and_one_rung(
    by: Actor, customer: Any, people: People, t0: datetime
) -> None:
    crisis_in(HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    changed_at = t0 + 3 * HOUR
    make_crisis(case, changed_at)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == t0 + HOUR
    assert deadline.breached_at == changed_at
    [breach] = [e for e in of_kind(case, EventKind.DEADLINE_BREACHED)
                if e.data["promise"] == "response"]  # fmt: skip
    assert (breach.occurred_at, breach.data["by_change"]) == (changed_at, True)
    [entry] = Escalation.objects.get(deadline=deadline).entries.all()
    assert entry.level == 1
    assert people.supervisor.pk in entry.told
    sweep(now=changed_at + MIN)
    assert clock(case, Promise.RESPONSE).rung == deadline.rung


def test_a_warning_that_the_change_puts_into_the_past_is_not_given_late(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(4 * HOUR)
    given = Allowance.objects.get(promise="response", urgency="crisis")
    for percent in (-50, -10):
        given.rungs.create(percent=percent, level=0)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    make_crisis(case, t0 + 3 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    moments = [deadline.moment_of(index) for index in range(len(deadline.ladder))]
    assert moments == [t0 + 3 * HOUR + 36 * MIN, t0 + 4 * HOUR]
    assert deadline.alarm_at == moments[0]


def test_a_rung_that_rang_is_not_rung_again_by_a_shorter_promise(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(20 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    sweep(now=t0 + 18 * HOUR + MIN)
    assert clock(case, Promise.RESPONSE).rung == 1
    make_crisis(case, t0 + 19 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.rung == 1
    assert deadline.moment_of(0) == t0 + 18 * HOUR
    sweep(now=t0 + 20 * HOUR + MIN)
    rungs = [e.data["rung"] for e in of_kind(case, EventKind.DEADLINE_WARNED)
             if e.data["promise"] == "response"]  # fmt: skip
    assert rungs == [0]
    assert clock(case, Promise.RESPONSE).breached_at == t0 + 20 * HOUR


def test_a_clock_that_was_near_and_is_far_again_does_not_look_warned(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(3 * DAY)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    at = t0 + 19 * HOUR
    sweep(now=at)
    assert face(clock(case, Promise.RESPONSE), now=at).state == ClockState.WARNED
    make_crisis(case, at)
    seen = face(clock(case, Promise.RESPONSE), now=at)
    assert (seen.state, seen.remaining) == (ClockState.RUNNING, 2 * DAY + 5 * HOUR)


def test_what_has_its_own_due_time_is_moved_by_nobody(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    take_steps(
        case,
        [
            steps.Commit(what="The report", due_at=t0 + 5 * HOUR),
            steps.HandOver(question="Which alloy?", department="Lab", due_at=t0 + 5 * HOUR),
        ],
        by=by, now=t0 + 10 * MIN,
    )  # fmt: skip
    make_crisis(case, t0 + HOUR)
    for promise in (Promise.COMMITMENT, Promise.HAND_OVER):
        assert clock(case, promise).due_at == t0 + 5 * HOUR


def test_computed_twice_it_is_the_same_and_said_once(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(6 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    assert make_crisis(case, t0 + HOUR)
    said = len(of_kind(case, EventKind.DEADLINE_RECOMPUTED))
    assert recompute_case(lock(case), RecomputeCause.RECLASSIFIED, now=t0 + 2 * HOUR) == []
    assert len(of_kind(case, EventKind.DEADLINE_RECOMPUTED)) == said


def test_item_11_a_customer_who_becomes_a_key_account_has_shorter_clocks_at_once(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="response", tier=Tier.KEY_ACCOUNT, length=4 * HOUR
    )
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    customer.tier, customer.tier_changed_at = Tier.KEY_ACCOUNT, t0 + HOUR
    customer.save()
    drained(t0 + HOUR)
    assert clock(case, Promise.RESPONSE).due_at == t0 + 4 * HOUR
    customer.refresh_from_db()
    assert customer.tier_changed_at is None
