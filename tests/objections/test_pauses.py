"""Item 10: a clock stands still only as the policy allows, and loses nothing by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import next_alarm, sweep
from objections.errors import DemandUnmet, FieldInvalid
from objections.models import Allowance, Case, Pause
from objections.services.stepping import take_steps
from objections.vocabulary import DeadlineState, PauseReason, Promise, Stage
from tests.objections.record import clock, events, missing, refused
from tests.stories import DAY, HOUR, MIN, TELL, walk_to

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)
EVIDENCE = "Mail of Zhou Min, 10:02"


def pause(**more: Any) -> steps.Pause:
    given: dict[str, Any] = {"reason": PauseReason.CUSTOMER, "evidence": EVIDENCE}
    return steps.Pause(**(given | more))


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    """A case in which the response is owed, three minutes old."""
    return walk_to(Stage.RESPOND, t0, by=by, customer=customer)


def test_item_10_a_pause_stops_the_clock_at_once_and_says_why(
    case: Case, by: Actor, t0: datetime
) -> None:
    at = t0 + HOUR + 3 * MICROSECOND
    take_steps(case, [pause(resume_at=at + 2 * HOUR)], by=by, now=at)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.state is DeadlineState.PAUSED
    assert (deadline.due_at, deadline.remaining) == (None, 23 * HOUR - 3 * MICROSECOND)
    assert (deadline.paused_at, deadline.resume_at) == (at, at + 2 * HOUR)
    assert next_alarm(case) == at + 2 * HOUR
    [row] = Pause.objects.all()
    assert (row.reason, row.evidence, row.by_user) == ("waiting_for_customer", EVIDENCE, by.user)
    assert (row.paused_at, row.resume_at, row.resumed_at) == (at, at + 2 * HOUR, None)
    [event] = case.events.filter(kind="deadline_paused")
    assert event.data["resume_at"] == (at + 2 * HOUR).isoformat()


def test_item_10_it_resumes_by_itself_at_the_right_moment_with_what_remained(
    case: Case, by: Actor, t0: datetime
) -> None:
    at = t0 + HOUR + 3 * MICROSECOND
    take_steps(case, [pause(resume_at=at + 2 * HOUR)], by=by, now=at)
    sweep(now=at + 2 * HOUR)
    assert clock(case, Promise.RESPONSE).state is DeadlineState.PAUSED
    sweep(now=at + 2 * HOUR + 5 * MIN)  # late, and it makes no difference
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.state is DeadlineState.RUNNING
    assert deadline.due_at == t0 + DAY + 2 * HOUR
    assert (deadline.remaining, deadline.paused_at, deadline.resume_at) == (None, None, None)
    assert deadline.alarm_at == t0 + 20 * HOUR  # the first warning, as much later
    assert events(case, "deadline_resumed") == [("deadline_resumed", at + 2 * HOUR)]
    assert Pause.objects.get().resumed_at == at + 2 * HOUR


def test_item_10_while_it_stands_still_nothing_rings_and_afterwards_the_breach_does(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [pause()], by=by, now=t0 + 23 * HOUR)
    before = clock(case, Promise.RESPONSE).rung
    sweep(now=t0 + 30 * HOUR)
    assert clock(case, Promise.RESPONSE).rung == before
    sweep(now=t0 + 32 * HOUR + MICROSECOND)  # 8 hours are the longest, so it runs on from 31 h
    assert clock(case, Promise.RESPONSE).breached_at == t0 + 32 * HOUR


def test_item_10_resumed_by_hand_it_keeps_what_remained_to_the_microsecond(
    case: Case, by: Actor, t0: datetime
) -> None:
    at, back = t0 + HOUR + 7 * MICROSECOND, t0 + 3 * HOUR + 11 * MICROSECOND
    take_steps(case, [pause()], by=by, now=at)
    take_steps(case, [steps.Resume()], by=by, now=back)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == back + (t0 + DAY - at)
    assert Pause.objects.get().resumed_at == back
    assert sweep(now=t0 + 9 * HOUR) == 0  # the end that was planned means nothing any more


def test_item_10_a_pause_left_open_lasts_as_long_as_the_policy_allows(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [pause()], by=by, now=t0 + HOUR)
    assert clock(case, Promise.RESPONSE).resume_at == t0 + 9 * HOUR


def test_item_10_a_pause_may_be_as_long_as_the_maximum_and_no_longer(
    case: Case, by: Actor, t0: datetime
) -> None:
    now = t0 + HOUR
    with refused(DemandUnmet) as found:
        take_steps(case, [pause(resume_at=now + 8 * HOUR + MICROSECOND)], by=by, now=now)
    assert missing(found) == [("pause_maximum", "resume_at")]
    assert found.value.missing[0].params == {"maximum": "8 h"}
    take_steps(case, [pause(resume_at=now + 8 * HOUR)], by=by, now=now)
    assert clock(case, Promise.RESPONSE).state is DeadlineState.PAUSED


def test_item_10_a_pause_ends_in_the_future(case: Case, by: Actor, t0: datetime) -> None:
    with refused(FieldInvalid) as found:
        take_steps(case, [pause(resume_at=t0 + HOUR)], by=by, now=t0 + HOUR)
    assert (found.value.field, found.value.code) == ("resume_at", "past")


def test_item_10_two_pauses_a_round_are_allowed_and_a_third_needs_a_supervisor(
    case: Case, by: Actor, boss: Actor, t0: datetime
) -> None:
    for hour in (1, 2):
        now = t0 + hour * HOUR
        take_steps(case, [pause(resume_at=now + 30 * MIN)], by=by, now=now)
    with refused(DemandUnmet) as found:
        take_steps(case, [pause()], by=by, now=t0 + 3 * HOUR)
    assert missing(found) == [("pause_needs_supervisor", "")]
    take_steps(case, [pause()], by=boss, now=t0 + 3 * HOUR)
    assert clock(case, Promise.RESPONSE).pauses.count() == 3


def test_item_10_a_new_round_may_be_paused_anew(case: Case, by: Actor, t0: datetime) -> None:
    for hour in (1, 2):
        now = t0 + hour * HOUR
        take_steps(case, [pause(resume_at=now + 30 * MIN)], by=by, now=now)
    rejected = steps.RejectSolution(channel=TELL.channel, reason="No")
    take_steps(case, [TELL, rejected, pause()], by=by, now=t0 + 3 * HOUR)
    assert clock(case, Promise.RESPONSE).cycle == 2
    assert clock(case, Promise.RESPONSE).state is DeadlineState.PAUSED


def test_item_10_a_pause_of_a_paused_clock_is_refused_and_changes_nothing(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [pause()], by=by, now=t0 + HOUR)
    for again in (pause(), pause(resume_at=t0 + 2 * HOUR)):
        with refused(DemandUnmet) as found:
            take_steps(case, [again], by=by, now=t0 + 90 * MIN)
        assert missing(found) == [("pause_running", "promise")]


def test_item_10_a_second_resume_is_refused_and_changes_nothing(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [pause()], by=by, now=t0 + HOUR)
    take_steps(case, [steps.Resume()], by=by, now=t0 + 2 * HOUR)
    with refused(DemandUnmet) as found:
        take_steps(case, [steps.Resume()], by=by, now=t0 + 2 * HOUR)
    assert missing(found) == [("resume_paused", "promise")]


def test_item_10_pausing_after_the_breach_is_refused_and_un_breaches_nothing(
    case: Case, by: Actor, boss: Actor, t0: datetime
) -> None:
    sweep(now=t0 + DAY + MIN)
    with refused(DemandUnmet) as found:
        take_steps(case, [pause()], by=boss, now=t0 + DAY + MIN)
    assert missing(found) == [("pause_breached", "promise")]
    assert clock(case, Promise.RESPONSE).breached_at == t0 + DAY


def test_item_10_a_breach_that_no_sweep_has_seen_refuses_the_pause_as_well(
    case: Case, boss: Actor, t0: datetime
) -> None:
    with refused(DemandUnmet) as found:
        take_steps(case, [pause()], by=boss, now=t0 + DAY + MICROSECOND)
    assert missing(found) == [("pause_breached", "promise")]
    take_steps(case, [pause()], by=boss, now=t0 + DAY)  # the due moment itself is in time
    assert clock(case, Promise.RESPONSE).remaining == timedelta(0)


def test_item_10_no_policy_can_let_the_acknowledgement_be_paused(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.update(pause_maximum=8 * HOUR, pauses_per_cycle=2)
    case = walk_to(Stage.LISTEN, t0, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_steps(case, [pause(promise=Promise.ACKNOWLEDGEMENT)], by=boss, now=t0 + MIN)
    assert missing(found) == [("pause_listed", "promise")]


def test_item_10_a_reason_that_the_policy_does_not_list_is_refused(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.update(pause_reasons=[PauseReason.SHUTDOWN])
    case = walk_to(Stage.LISTEN, t0, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_steps(case, [pause(reason=PauseReason.CUSTOMER)], by=boss, now=t0 + MIN)
    assert missing(found) == [("pause_listed", "reason")]
    take_steps(case, [pause(reason=PauseReason.SHUTDOWN)], by=boss, now=t0 + MIN)
    assert clock(case, Promise.RESPONSE).paused_at == t0 + MIN


def test_item_10_a_promise_to_the_customer_does_not_stand_still(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.update(pause_maximum=8 * HOUR, pauses_per_cycle=2)
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    two = [steps.Commit(what=f"Seal {n}", due_at=t0 + DAY) for n in (1, 2)]
    take_steps(case, two, by=by, now=t0 + HOUR)
    with refused(DemandUnmet) as found:
        take_steps(case, [pause(promise=Promise.COMMITMENT)], by=by, now=t0 + HOUR)
    assert missing(found) == [("pause_running", "promise")]


def test_item_10_proof_keeps_a_paused_clock_and_ends_the_pause(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [pause()], by=by, now=t0 + HOUR)
    take_steps(case, [TELL], by=by, now=t0 + 2 * HOUR)
    deadline = clock(case, Promise.RESPONSE, cycle=1)
    assert (deadline.state, deadline.kept_at) == (DeadlineState.KEPT, t0 + 2 * HOUR)
    assert deadline.due_at == t0 + DAY + HOUR
    assert (deadline.paused_at, deadline.remaining, deadline.alarm_at) == (None, None, None)
    assert Pause.objects.get().resumed_at == t0 + 2 * HOUR
    sweep(now=t0 + 20 * HOUR)
    assert events(case, "deadline_resumed") == []


def test_item_10_a_withdrawn_case_ends_the_pause_and_never_resumes(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [pause()], by=by, now=t0 + HOUR)
    take_steps(case, [steps.Withdraw(reason="A mistake")], by=by, now=t0 + 2 * HOUR)
    assert Pause.objects.get().resumed_at == t0 + 2 * HOUR
    assert sweep(now=t0 + 30 * DAY) == 0
    assert clock(case, Promise.RESPONSE).state is DeadlineState.VOID
