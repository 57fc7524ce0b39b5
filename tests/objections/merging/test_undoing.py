"""A merge is undone: what runs again, and what the survivor gets back."""

from __future__ import annotations

import pytest

from customers.models import Customer
from objections import permissions, steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import DemandUnmet, NotPermitted, StepRefused
from objections.models import Case, Escalation
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import ClockMode, PauseReason, Promise, Stage
from tests.conftest import T0, People
from tests.objections.merging.merges import UNDO, into
from tests.objections.record import clock, escalation_of, events, missing, refused, states
from tests.stories import ACKNOWLEDGE, ATTEMPT, DAY, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db


def test_item_13_undone_the_clocks_run_again_with_their_former_due_moments(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    assert (early.stage, early.closed_at, early.merged_into) == (Stage.LISTEN, None, None)
    assert early.stage_entered_at == T0
    assert clock(early, Promise.ACKNOWLEDGEMENT).due_at == T0 + 15 * MIN
    assert clock(early, Promise.RESPONSE).due_at == T0 + DAY
    sweep(now=T0 + 14 * MIN)
    warned = [at for kind, at in events(early, "deadline_warned")]
    assert warned == [T0 + 10 * MIN, T0 + 13 * MIN]
    take_step(early, ACKNOWLEDGE, by=by, now=T0 + 15 * MIN)
    assert states(early)["acknowledgement 1"] == "kept"


def test_item_13_what_fell_due_meanwhile_rings_at_once_at_its_true_moment_and_once(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    now = T0 + 2 * HOUR
    take_step(early, UNDO, by=boss, now=now)
    [broken] = early.events.filter(kind="deadline_breached")
    assert (broken.occurred_at, broken.recorded_at) == (T0 + 15 * MIN, now)
    assert early.escalations.get().entries.count() == 1
    assert sweep(now=now) == 0
    sweep(now=now + 15 * MIN + MIN)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 2
    assert early.events.filter(kind="deadline_breached").count() == 1


def test_item_13_a_promise_broken_before_the_merge_is_escalated_again_and_climbs_from_there(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    sweep(now=T0 + 31 * MIN)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 2
    take_step(early, into(late), by=by, now=T0 + 32 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 5 * HOUR)
    row = clock(early, Promise.ACKNOWLEDGEMENT)
    assert (row.breached_at, row.is_running) == (T0 + 15 * MIN, True)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 2
    assert early.events.filter(kind="deadline_breached").count() == 1
    sweep(now=T0 + 5 * HOUR + 31 * MIN)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 3


def test_a_clock_that_stood_still_stands_still_again_until_its_own_time(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    other = walk_to(Stage.RESPOND, T0 + HOUR, by=by, customer=customer)
    pause = steps.Pause(
        reason=PauseReason.CUSTOMER, evidence="Mail, 10:02", resume_at=T0 + 6 * HOUR
    )
    take_step(case, pause, by=by, now=T0 + 2 * HOUR)
    remaining = clock(case, Promise.RESPONSE).remaining
    take_step(case, into(other), by=by, now=T0 + 3 * HOUR)
    assert not case.deadlines.get(promise="response").pauses.filter(resumed_at=None).exists()
    take_step(case, UNDO, by=boss, now=T0 + 4 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.state, row.remaining) == ("paused", remaining)
    assert (row.paused_at, row.alarm_at) == (T0 + 2 * HOUR, T0 + 6 * HOUR)
    sweep(now=T0 + 6 * HOUR + MIN)
    row = clock(case, Promise.RESPONSE)
    assert remaining is not None
    assert row.due_at == T0 + 6 * HOUR + remaining
    assert row.pauses.get().resumed_at == T0 + 6 * HOUR


def test_a_pause_that_ran_out_while_the_case_was_merged_ended_at_its_own_time(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    other = walk_to(Stage.RESPOND, T0 + HOUR, by=by, customer=customer)
    pause = steps.Pause(
        reason=PauseReason.CUSTOMER, evidence="Mail, 10:02", resume_at=T0 + 6 * HOUR
    )
    take_step(case, pause, by=by, now=T0 + 2 * HOUR)
    remaining = clock(case, Promise.RESPONSE).remaining
    assert remaining is not None
    take_step(case, into(other), by=by, now=T0 + 3 * HOUR)
    take_step(case, UNDO, by=boss, now=T0 + 9 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.state, row.due_at) == ("running", T0 + 6 * HOUR + remaining)


def test_item_13_the_survivor_gets_its_own_start_back(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    row = clock(late, Promise.ACKNOWLEDGEMENT)
    assert (row.started_at, row.due_at) == (T0 + 5 * MIN, T0 + 20 * MIN)
    [released] = late.events.filter(kind="released")
    assert released.data["reference"] == early.reference
    assert not late.absorbed.exists()


def test_item_13_what_the_survivor_has_settled_since_stays_settled(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(late, ACKNOWLEDGE, by=by, now=T0 + 16 * MIN)  # late by the earlier start
    take_step(early, UNDO, by=boss, now=T0 + 17 * MIN)
    row = clock(late, Promise.ACKNOWLEDGEMENT)
    assert (row.started_at, row.breached_at) == (T0, T0 + 15 * MIN)
    assert row.answered_late_at == T0 + 16 * MIN
    assert clock(late, Promise.RESPONSE).started_at == T0 + 5 * MIN


def test_item_13_of_two_merged_cases_the_one_that_stays_still_counts(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    first, second, survivor = (
        open_at(T0 + minutes * MIN, by=by, customer=customer) for minutes in (0, 2, 5)
    )
    take_step(second, into(survivor), by=by, now=T0 + 6 * MIN)
    take_step(first, into(survivor), by=by, now=T0 + 6 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0
    take_step(first, UNDO, by=boss, now=T0 + 7 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0 + 2 * MIN
    take_step(second, UNDO, by=boss, now=T0 + 7 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0 + 5 * MIN


def test_item_13_a_later_start_counts_once_the_earlier_one_is_released(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    first, second, survivor = (
        open_at(T0 + minutes * MIN, by=by, customer=customer) for minutes in (0, 2, 5)
    )
    take_step(first, into(survivor), by=by, now=T0 + 6 * MIN)
    take_step(second, into(survivor), by=by, now=T0 + 6 * MIN)  # brings nothing earlier
    take_step(first, UNDO, by=boss, now=T0 + 7 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0 + 2 * MIN


def test_a_case_may_be_merged_again_and_undone_again(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    for minute in (6, 8):
        take_step(early, into(late), by=by, now=T0 + minute * MIN)
        take_step(early, UNDO, by=boss, now=T0 + (minute + 1) * MIN)
    assert clock(early, Promise.ACKNOWLEDGEMENT).due_at == T0 + 15 * MIN
    assert clock(late, Promise.ACKNOWLEDGEMENT).due_at == T0 + 20 * MIN
    sweep(now=T0 + 21 * MIN)
    for case in two:
        assert case.events.filter(kind="deadline_breached").count() == 1


def test_attempts_before_the_merge_still_count_after_its_undoing(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    take_steps(case, [ATTEMPT, ATTEMPT], by=by, now=T0 + HOUR)
    other = open_at(T0 + HOUR, by=by, customer=customer)
    take_step(case, into(other), by=by, now=T0 + 2 * HOUR)
    take_step(case, UNDO, by=boss, now=T0 + 3 * HOUR)
    take_steps(case, [ATTEMPT, steps.CloseUnreachable()], by=by, now=T0 + DAY)
    assert case.stage == Stage.CLOSED


@pytest.mark.parametrize("who", ["engineer", "colleague", "stranger", "analyst"])
def test_only_a_supervisor_undoes_a_merge(
    who: str, two: tuple[Case, Case], by: Actor, people: People
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    assert not permissions.may(getattr(people, who), steps.Unmerge.action, early)
    with refused(NotPermitted):
        take_step(early, UNDO, by=Actor.person(getattr(people, who)), now=T0 + 7 * MIN)


def test_a_merge_is_undone_only_while_the_survivor_is_open(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(late, steps.Withdraw(reason="x"), by=by, now=T0 + 7 * MIN)
    with refused(DemandUnmet) as found:
        take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    assert missing(found) == [("survivor_ended", "")]


def test_a_case_that_is_not_merged_has_no_merge_to_undo(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    with refused(StepRefused):
        take_step(two[0], UNDO, by=boss, now=T0 + 6 * MIN)


def test_undone_twice_the_second_is_refused_and_nothing_runs_twice(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 7 * MIN)
    with refused(StepRefused):
        take_step(early, UNDO, by=boss, now=T0 + 7 * MIN)
    assert early.events.filter(kind="deadline_revived").count() == 2


def test_a_merge_of_historical_cases_keeps_the_record_and_rings_nothing(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    mode = {"clock_mode": ClockMode.HISTORICAL}
    early, late = (open_at(at, by=by, customer=customer, **mode) for at in (T0, T0 + HOUR))
    take_step(early, into(late), by=by, now=T0 + 9 * DAY)
    assert clock(late, Promise.RESPONSE).started_at == T0
    take_step(early, UNDO, by=boss, now=T0 + 9 * DAY)
    assert clock(late, Promise.RESPONSE).started_at == T0 + HOUR
    assert sweep(now=T0 + 99 * DAY) == 0
    assert not Escalation.objects.exists()
