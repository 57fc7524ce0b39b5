"""Items 1, 3 and 4 of the engine's page: instants, what is in time, and when a clock starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import FieldInvalid
from objections.models import Case
from objections.services.cases import open_case
from objections.services.stepping import take_steps
from objections.steps import Step
from objections.vocabulary import Channel, DeadlineState, Kind, Promise, Stage, Urgency
from tests.conftest import T0
from tests.objections.record import clock, events, refused
from tests.stories import (
    ACKNOWLEDGE,
    ATTEMPT,
    CLOSE,
    DAY,
    HOUR,
    MIN,
    NOT_SATISFIED,
    TELL,
    open_at,
    opening,
    walk_to,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
PHONE = Channel.PHONE


@dataclass(frozen=True)
class Given:
    """How a promise comes to run, when it is then due, and what keeps it."""

    stage: Stage
    before: tuple[Step, ...]
    due_at: datetime
    proof: Step
    kind: Kind = Kind.COMPLAINT
    urgency: Urgency = Urgency.NORMAL


# Every walk below takes one step a minute from T0 on, and what comes before the proof at +10 min.
# From 17:10 in Shanghai fifty minutes are left of the working day, and the rest runs from nine.
FOUR_WORKING_HOURS = T0 + 19 * HOUR + 10 * MIN

PROMISES: dict[Promise, Given] = {
    Promise.ACKNOWLEDGEMENT: Given(Stage.LISTEN, (), T0 + 15 * MIN, ACKNOWLEDGE),
    Promise.RESPONSE: Given(Stage.RESPOND, (), T0 + 24 * HOUR, TELL),
    Promise.FOLLOW_UP: Given(Stage.FOLLOW_UP, (), T0 + 5 * MIN + 3 * DAY, CLOSE),
    Promise.PROGRESS_UPDATE: Given(
        Stage.CONFIRM, (), T0 + MIN + 30 * MIN, urgency=Urgency.CRISIS,
        proof=steps.UpdateProgress(channel=PHONE, message="The part is on its way."),
    ),
    Promise.COMMITMENT: Given(
        Stage.CONFIRM, (steps.Commit(what="A new seal", due_at=T0 + 2 * HOUR),), T0 + 2 * HOUR,
        steps.KeepCommitment(commitment=1, proof="Receipt 4711"),
    ),
    Promise.HAND_OVER: Given(
        Stage.CONFIRM, (steps.HandOver(question="Which alloy?", department="Lab"),),
        FOUR_WORKING_HOURS, steps.AnswerHandOver(hand_over=1, answer="1.4571"),
    ),
    Promise.CUSTOMER_MESSAGE: Given(
        Stage.CONFIRM, (steps.ReceiveMessage(channel=Channel.CHAT, message="Well?"),),
        FOUR_WORKING_HOURS, steps.Reply(channel=PHONE, message="At three."),
    ),
}  # fmt: skip


def prepared(promise: Promise, by: Actor, customer: Any) -> Case:
    given = PROMISES[promise]
    case = walk_to(given.stage, T0, by=by, customer=customer, urgency=given.urgency)
    take_steps(case, given.before, by=by, now=T0 + 10 * MIN)
    return case


@pytest.mark.parametrize("promise", Promise)
@pytest.mark.parametrize("off", [-SECOND, timedelta(0), MICROSECOND, SECOND], ids=str)
def test_item_3_proof_at_the_due_moment_is_in_time_and_an_instant_later_is_not(
    promise: Promise, off: timedelta, by: Actor, customer: Any
) -> None:
    given = PROMISES[promise]
    case = prepared(promise, by, customer)
    deadline = clock(case, promise)
    assert deadline.due_at == given.due_at
    at = given.due_at + off
    take_steps(case, [given.proof], by=by, now=at)
    deadline.refresh_from_db()
    if off <= timedelta(0):
        assert (deadline.state, deadline.kept_at) == (DeadlineState.KEPT, at)
        assert (deadline.breached_at, deadline.answered_late_at) == (None, None)
        assert ("deadline_kept", at) in events(case, "deadline_kept")
    else:
        assert (deadline.state, deadline.kept_at) == (DeadlineState.BREACHED, None)
        assert (deadline.breached_at, deadline.answered_late_at) == (given.due_at, at)
        assert ("deadline_answered_late", at) in events(case, "deadline_answered_late")
    assert deadline.alarm_at is None
    assert not deadline.is_running


def test_item_3_the_attempts_that_the_rule_asks_for_keep_the_follow_up(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [ATTEMPT, ATTEMPT], by=by, now=t0 + HOUR)
    due_at = clock(case, Promise.FOLLOW_UP).due_at
    assert due_at is not None
    take_steps(case, [ATTEMPT, steps.CloseUnreachable()], by=by, now=due_at)
    assert clock(case, Promise.FOLLOW_UP).kept_at == due_at


def test_item_3_a_bad_verdict_keeps_the_follow_up_as_well(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [NOT_SATISFIED], by=by, now=t0 + HOUR)
    assert clock(case, Promise.FOLLOW_UP).kept_at == t0 + HOUR


@pytest.mark.parametrize(
    ("kind", "urgency", "allowance"),
    [
        (Kind.COMPLAINT, Urgency.NORMAL, 15 * MIN),
        (Kind.COMPLAINT, Urgency.CRISIS, 15 * MIN),
        (Kind.OBJECTION, Urgency.URGENT, 15 * MIN),
        (Kind.INQUIRY, Urgency.CRISIS, 15 * MIN),
        (Kind.INQUIRY, Urgency.URGENT, 30 * MIN),
        (Kind.INQUIRY, Urgency.NORMAL, 2 * HOUR),
        (Kind.THANKS, Urgency.CRISIS, 2 * HOUR),
        (Kind.THANKS, Urgency.NORMAL, 2 * HOUR),
    ],
)
def test_the_acknowledgement_is_given_what_kind_and_urgency_say(
    kind: Kind, urgency: Urgency, allowance: timedelta, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, kind=kind, urgency=urgency)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.allowance, deadline.due_at) == (allowance, t0 + allowance)


def test_thanks_have_one_clock_and_no_other(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer, kind=Kind.THANKS)
    wrote = steps.ReceiveMessage(channel=PHONE, message="And thanks to the driver!")
    update = steps.UpdateProgress(channel=PHONE, message="We told the driver.")
    take_steps(case, [ACKNOWLEDGE, wrote, update], by=by, now=t0 + HOUR)
    take_steps(case, [steps.CloseThanked()], by=by, now=t0 + 2 * HOUR)
    take_steps(case, [steps.Reopen(reason="One more word")], by=by, now=t0 + 3 * HOUR)
    assert [row.promise for row in case.deadlines.all()] == ["acknowledgement"]


def test_item_1_instants_are_kept_to_the_microsecond_and_in_utc(
    by: Actor, customer: Any, t0: datetime
) -> None:
    spoke = datetime(2026, 3, 2, 16, 59, 59, 123457, tzinfo=ZoneInfo("Asia/Shanghai"))
    case = open_at(t0, by=by, customer=customer, received_at=spoke)
    deadline = Case.objects.get(pk=case.pk).deadlines.get(promise=Promise.ACKNOWLEDGEMENT)
    assert deadline.due_at == spoke + 15 * MIN
    assert deadline.due_at.microsecond == 123457
    assert deadline.due_at.utcoffset() == timedelta(0)
    proof = steps.UpdateProgress(channel=PHONE, message="x", at=spoke + MIN)
    [event] = take_steps(case, [proof], by=by, now=t0 + 2 * MIN)
    assert event.occurred_at == spoke + MIN
    promised = steps.Commit(what="A seal", due_at=(t0 + DAY).astimezone(ZoneInfo("Asia/Tokyo")))
    [event] = take_steps(case, [promised], by=by, now=t0 + 2 * MIN)
    assert event.data["due_at"] == (t0 + DAY).astimezone(UTC).isoformat()


def test_item_4_clocks_start_when_the_customer_spoke_not_when_we_wrote_it_down(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, received_at=t0 - 20 * MIN)
    assert (case.received_at, case.opened_at) == (t0 - 20 * MIN, t0)
    for promise, allowance in ((Promise.ACKNOWLEDGEMENT, 15 * MIN), (Promise.RESPONSE, DAY)):
        deadline = clock(case, promise)
        assert deadline.started_at == t0 - 20 * MIN
        assert deadline.due_at == t0 - 20 * MIN + allowance
    assert sweep(now=t0) == 3  # two warnings and the breach, five minutes ago
    assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 - 5 * MIN


def test_item_4_a_customer_does_not_speak_in_the_future(
    by: Actor, customer: Any, t0: datetime
) -> None:
    late = opening(customer, received_at=t0 + 2 * MIN + MICROSECOND)
    with refused(FieldInvalid) as found:
        open_case(late, by=by, now=t0)
    assert (found.value.field, found.value.code) == ("received_at", "future")
    case = open_case(opening(customer, received_at=t0 + 2 * MIN), by=by, now=t0)
    assert case.received_at == t0  # a sender's clock that is ahead gives nobody more time


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("acknowledged", "due"),
    [
        ("2026-03-02 12:00", "2026-03-02 20:00"),
        ("2026-03-02 12:59", "2026-03-02 20:59"),
        ("2026-03-02 13:00", "2026-03-03 08:00"),
        ("2026-03-02 17:01", "2026-03-03 08:00"),
        ("2026-03-02 23:59", "2026-03-03 08:00"),
        ("2026-03-03 00:00", "2026-03-03 08:00"),
        ("2026-03-03 00:30", "2026-03-03 08:30"),
    ],
)
def test_a_progress_update_that_would_fall_due_at_night_falls_due_at_eight(
    acknowledged: str, due: str, by: Actor, customer: Any
) -> None:
    at = local(acknowledged)
    case = open_at(at - MIN, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE], by=by, now=at)
    deadline = clock(case, Promise.PROGRESS_UPDATE)
    assert deadline.due_at == local(due)
    assert deadline.allowance == local(due) - at
    assert deadline.moved == local(due) - at - 8 * HOUR
    assert deadline.moment_of(0) == local(due) - 2 * HOUR  # at 75 % of the 8 hours


def test_a_crisis_knows_no_night(by: Actor, customer: Any) -> None:
    at = datetime(2026, 3, 2, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    case = open_at(at - MIN, by=by, customer=customer, urgency=Urgency.CRISIS)
    take_steps(case, [ACKNOWLEDGE], by=by, now=at)
    deadline = clock(case, Promise.PROGRESS_UPDATE)
    assert (deadline.due_at, deadline.moved) == (at + 30 * MIN, timedelta(0))


def test_proof_from_before_a_clock_started_settles_it_at_its_start(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 5 * MIN)
    told = steps.UpdateProgress(channel=PHONE, message="On its way", at=t0 + 4 * MIN)
    take_steps(case, [told], by=by, now=t0 + 6 * MIN)
    first = clock(case, Promise.PROGRESS_UPDATE, cycle=1)
    assert (first.started_at, first.kept_at) == (t0 + 5 * MIN, t0 + 5 * MIN)
