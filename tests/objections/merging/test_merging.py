"""A case merged into another one: what ends, and what the survivor keeps."""

from __future__ import annotations

import pytest

from customers.models import Customer
from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case, Deadline, Notice
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import Promise, Stage
from tests.conftest import T0
from tests.objections.merging.merges import UNDO, into
from tests.objections.record import clock, escalation_of, events, states
from tests.stories import DAY, HOUR, MIN, NOT_SATISFIED, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db


def test_item_13_clocks_of_the_merged_case_end_as_merged_and_never_alert(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    assert (early.stage, early.closed_at) == (Stage.MERGED, T0 + 6 * MIN)
    assert (early.merged_into, early.merged_at) == (late, T0 + 6 * MIN)
    assert early.merged_from == Stage.LISTEN
    assert states(early) == {"acknowledgement 1": "merged", "response 1": "merged"}
    sweep(now=T0 + 9 * DAY)
    assert not events(early, "deadline_warned", "deadline_breached")
    assert not Notice.objects.filter(case=early, kind__in=["warned", "escalated"]).exists()
    assert not Deadline.objects.filter(case=early, alarm_at__isnull=False).exists()


def test_item_13_the_survivor_keeps_the_earliest_start(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    acknowledgement, response = clock(late, Promise.ACKNOWLEDGEMENT), clock(late, Promise.RESPONSE)
    assert (acknowledgement.started_at, acknowledgement.due_at) == (T0, T0 + 15 * MIN)
    assert (response.started_at, response.due_at) == (T0, T0 + DAY)
    sweep(now=T0 + 16 * MIN)
    assert ("deadline_breached", T0 + 15 * MIN) in events(late)


def test_item_13_a_survivor_that_is_the_earlier_one_keeps_its_own_start(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    take_step(late, into(early), by=by, now=T0 + 6 * MIN)
    assert clock(early, Promise.RESPONSE).started_at == T0
    assert not events(early, "deadline_recomputed")


def test_item_13_a_clock_that_the_earlier_start_makes_overdue_is_one_entry_and_one_rung(
    by: Actor, customer: Customer
) -> None:
    old = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    new = walk_to(Stage.CONFIRM, T0 + 30 * HOUR, by=by, customer=customer)
    now = T0 + 31 * HOUR
    take_step(old, into(new), by=by, now=now)
    response = clock(new, Promise.RESPONSE)
    assert (response.started_at, response.due_at, response.breached_at) == (T0, T0 + DAY, now)
    [broken] = new.events.filter(kind="deadline_breached", data__promise="response")
    assert (broken.occurred_at, broken.data["by_change"]) == (now, True)
    [entry] = escalation_of(new, Promise.RESPONSE).entries.all()
    assert entry.level == 1
    assert sweep(now=now) == 0


def test_item_13_kept_stays_kept_and_broken_stays_broken_on_the_survivor(
    by: Actor, customer: Customer
) -> None:
    old = open_at(T0, by=by, customer=customer)
    kept = walk_to(Stage.CONFIRM, T0 + HOUR, by=by, customer=customer)
    before = clock(kept, Promise.ACKNOWLEDGEMENT)
    take_step(old, into(kept), by=by, now=T0 + 2 * HOUR)
    after = clock(kept, Promise.ACKNOWLEDGEMENT)
    assert (after.kept_at, after.started_at) == (before.kept_at, T0 + HOUR)
    other, broken = (open_at(at, by=by, customer=customer) for at in (T0, T0 + HOUR))
    take_step(other, into(broken), by=by, now=T0 + 2 * HOUR)
    late = clock(broken, Promise.ACKNOWLEDGEMENT)
    assert (late.breached_at, late.started_at) == (T0 + 75 * MIN, T0 + HOUR)


def test_a_promise_of_the_merged_case_that_was_broken_stays_broken(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 16 * MIN)
    assert states(early)["acknowledgement 1"] == "breached"
    assert clock(early, Promise.ACKNOWLEDGEMENT).breached_at == T0 + 15 * MIN
    assert not early.escalations.filter(closed_at=None).exists()


def test_both_timelines_say_what_became_of_the_other(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    version = late.version
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    [merged] = early.events.filter(kind="merged")
    [absorbed] = late.events.filter(kind="absorbed")
    assert (merged.data["reference"], merged.data["words"]) == (late.reference, "The same pump")
    assert (absorbed.data["reference"], absorbed.user) == (early.reference, by.user)
    late.refresh_from_db()
    assert late.version == version + 1
    assert list(late.absorbed.all()) == [early]


def test_what_was_escalated_without_a_clock_closes_with_the_merge(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    again = [NOT_SATISFIED, TELL, steps.CarryOut(proof="Seen"), NOT_SATISFIED]
    take_steps(case, again, by=by, now=T0 + HOUR)
    other = open_at(T0 + HOUR, by=by, customer=customer)
    assert case.escalations.filter(reason="persistent", closed_at=None).exists()
    take_step(case, into(other), by=by, now=T0 + 2 * HOUR)
    assert not case.escalations.filter(closed_at=None).exists()


def test_questions_to_departments_are_void_with_the_merge_and_open_again_after_it(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_step(case, steps.HandOver(question="Which alloy?", department="Lab"), by=by, now=T0 + HOUR)
    due_at = clock(case, Promise.HAND_OVER).due_at
    other = open_at(T0 + HOUR, by=by, customer=customer)
    take_step(case, into(other), by=by, now=T0 + 2 * HOUR)
    assert not case.hand_overs.get().is_open
    assert clock(case, Promise.HAND_OVER).ended_as == "merged"
    take_step(case, UNDO, by=boss, now=T0 + 3 * HOUR)
    assert case.hand_overs.get().is_open
    assert clock(case, Promise.HAND_OVER).due_at == due_at
    take_step(case, steps.AnswerHandOver(hand_over=1, answer="1.4571"), by=by, now=T0 + 3 * HOUR)
