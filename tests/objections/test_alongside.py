"""Progress updates, messages, promises, hand-overs and assignments: what any open stage allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import DemandUnmet, FieldInvalid, NotPermitted
from objections.models import Case
from objections.services.stepping import take_steps
from objections.vagueness import is_vague
from objections.vocabulary import Channel, DeadlineState, Promise, Purpose, Stage
from tests.conftest import People
from tests.objections.record import clock, events, missing, refused, states, told
from tests.stories import CARRY_OUT, CLOSE, DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db

PHONE = Channel.PHONE
UPDATE = steps.UpdateProgress(channel=PHONE, message="The part is on its way.")
WROTE = steps.ReceiveMessage(channel=Channel.CHAT, message="Well?")
REPLY = steps.Reply(channel=PHONE, message="At three.")


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    """An acknowledged case, one minute old, on which progress is owed every half hour."""
    return walk_to(Stage.CONFIRM, t0, by=by, customer=customer, urgency="crisis")


# ── progress ──────────────────────────────────────────────────────────────────────────


def test_in_a_crisis_progress_is_owed_every_half_hour_and_counted_one_by_one(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [UPDATE], by=by, now=t0 + 20 * MIN)
    take_steps(case, [replace(UPDATE, message="It has arrived.")], by=by, now=t0 + 45 * MIN)
    rows = case.deadlines.filter(promise=Promise.PROGRESS_UPDATE).order_by("cycle")
    assert list(rows.values_list("cycle", "started_at", "due_at", "kept_at")) == [
        (1, t0 + MIN, t0 + 31 * MIN, t0 + 20 * MIN),
        (2, t0 + 20 * MIN, t0 + 50 * MIN, t0 + 45 * MIN),
        (3, t0 + 45 * MIN, t0 + 75 * MIN, None),
    ]


def test_an_update_that_comes_late_starts_the_next_one_all_the_same(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [UPDATE], by=by, now=t0 + HOUR)
    first = clock(case, Promise.PROGRESS_UPDATE, cycle=1)
    assert (first.breached_at, first.answered_late_at) == (t0 + 31 * MIN, t0 + HOUR)
    assert clock(case, Promise.PROGRESS_UPDATE, cycle=2).due_at == t0 + 90 * MIN


def test_progress_is_owed_until_the_solution_has_been_carried_out(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, [TELL], by=by, now=t0 + HOUR)  # telling the solution counts as well
    assert states(case)["progress_update 1"] == "kept"
    assert states(case)["progress_update 2"] == "running"
    take_steps(case, [CARRY_OUT], by=by, now=t0 + 2 * HOUR)
    assert states(case)["progress_update 2"] == "void"
    take_steps(case, [UPDATE], by=by, now=t0 + 3 * HOUR)
    assert case.deadlines.filter(promise=Promise.PROGRESS_UPDATE).count() == 2


def test_a_reply_tells_how_things_stand_too(case: Case, by: Actor, t0: datetime) -> None:
    take_steps(case, [REPLY], by=by, now=t0 + 20 * MIN)
    assert clock(case, Promise.PROGRESS_UPDATE, cycle=1).kept_at == t0 + 20 * MIN
    assert clock(case, Promise.PROGRESS_UPDATE).cycle == 2


# ── the customer's messages ───────────────────────────────────────────────────────────


@pytest.mark.usefixtures("open_all_hours")
def test_each_message_of_the_customer_starts_a_clock_of_its_own(
    case: Case, by: Actor, t0: datetime
) -> None:
    for hour in (1, 2):
        take_steps(case, [WROTE], by=by, now=t0 + hour * HOUR)
    rows = case.deadlines.filter(promise=Promise.CUSTOMER_MESSAGE)
    assert [row.due_at for row in rows] == [t0 + 5 * HOUR, t0 + 6 * HOUR]
    take_steps(case, [REPLY], by=by, now=t0 + 5 * HOUR + MIN)
    first, second = case.deadlines.filter(promise=Promise.CUSTOMER_MESSAGE)
    assert (first.breached_at, first.answered_late_at) == (t0 + 5 * HOUR, t0 + 5 * HOUR + MIN)
    assert second.kept_at == t0 + 5 * HOUR + MIN
    messages = case.contact_records.filter(purpose=Purpose.MESSAGE)
    assert [row.answered_at for row in messages] == [t0 + 5 * HOUR + MIN] * 2


def test_a_reply_does_not_answer_what_was_written_after_it(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [WROTE], by=by, now=t0 + HOUR)
    earlier = replace(REPLY, at=t0 + HOUR - 5 * MIN)
    take_steps(case, [earlier], by=by, now=t0 + HOUR + MIN)
    assert clock(case, Promise.CUSTOMER_MESSAGE).state is DeadlineState.RUNNING


@pytest.mark.usefixtures("open_all_hours")
def test_a_message_that_was_noticed_late_is_due_from_when_it_was_written(
    case: Case, by: Actor, t0: datetime
) -> None:
    take_steps(case, [replace(WROTE, at=t0 + HOUR)], by=by, now=t0 + 3 * HOUR)
    assert clock(case, Promise.CUSTOMER_MESSAGE).due_at == t0 + 5 * HOUR


def test_an_update_is_no_answer_to_a_message(case: Case, by: Actor, t0: datetime) -> None:
    take_steps(case, [WROTE, UPDATE], by=by, now=t0 + HOUR)
    assert clock(case, Promise.CUSTOMER_MESSAGE).state is DeadlineState.RUNNING


def test_a_message_brings_questions_and_none_is_kept_twice(
    case: Case, by: Actor, t0: datetime
) -> None:
    asks = replace(WROTE, questions=("Why?", " ", "Why?", "Since when?"))
    take_steps(case, [asks], by=by, now=t0 + HOUR)
    take_steps(case, [replace(WROTE, questions=("Why?",))], by=by, now=t0 + HOUR)
    assert list(case.questions.values_list("number", "text")) == [(1, "Why?"), (2, "Since when?")]


# ── promises to the customer ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "We do it as soon as possible", "ASAP!", "You hear from us soon", "We come shortly",
        "We do our best", "We try to come", "in due course", "我们尽快处理", "尽量今天到",
        "稍后回复您", "過幾天再說", "儘快處理",
    ],
)  # fmt: skip
def test_a_vague_promise_is_refused_in_both_languages(
    words: str, case: Case, by: Actor, t0: datetime
) -> None:
    with refused(DemandUnmet) as found:
        take_steps(case, [steps.Commit(what=words, due_at=t0 + DAY)], by=by, now=t0 + HOUR)
    assert missing(found) == [("vague", "what")]
    assert words in found.value.missing[0].sentence


@pytest.mark.parametrize(
    "words",
    ["A new seal at your gate", "Before the monsoon", "周五前把新密封件送到", "两名工程师到场"],
)
def test_a_plain_promise_is_not_vague(words: str) -> None:
    assert not is_vague(words)


def committed(case: Case, by: Actor, t0: datetime, due: timedelta = 4 * HOUR) -> None:
    take_steps(case, [steps.Commit(what="A seal", due_at=t0 + due)], by=by, now=t0 + HOUR)


def reagreed(to: datetime, **more: Any) -> steps.ReagreeCommitment:
    given: dict[str, Any] = {"channel": PHONE, "commitment": 1, "message": "Later, sorry."}
    return steps.ReagreeCommitment(due_at=to, **(given | more))


def test_a_promise_runs_to_its_own_time_under_its_own_ladder(
    case: Case, by: Actor, t0: datetime
) -> None:
    committed(case, by, t0)
    deadline = clock(case, Promise.COMMITMENT)
    assert (deadline.started_at, deadline.due_at) == (t0 + HOUR, t0 + 4 * HOUR)
    assert deadline.allowance == 3 * HOUR
    assert [(rung["offset"], rung["kind"], rung["level"]) for rung in deadline.ladder] == [
        (-0.75 * 3600, "warning", 0), (0, "breach", 1), (3 * 3600, "level", 2),
    ]  # fmt: skip


def test_a_promise_lies_in_the_future(case: Case, by: Actor, t0: datetime) -> None:
    with refused(FieldInvalid) as found:
        committed(case, by, t0, due=HOUR)
    assert (found.value.field, found.value.code) == ("due_at", "past")


def test_two_promises_are_kept_each_by_its_own_proof(case: Case, by: Actor, t0: datetime) -> None:
    committed(case, by, t0)
    committed(case, by, t0)
    kept = steps.KeepCommitment(commitment=2, proof="Receipt 4711")
    take_steps(case, [kept], by=by, now=t0 + 2 * HOUR)
    assert states(case)["commitment 1"] == "running"
    assert states(case)["commitment 2"] == "kept"
    row = case.commitments.get(number=2)
    assert (row.kept_at, row.proof) == (t0 + 2 * HOUR, "Receipt 4711")


def test_a_promise_is_moved_if_the_customer_is_told_before_it_falls_due(
    case: Case, by: Actor, t0: datetime
) -> None:
    committed(case, by, t0)
    take_steps(case, [reagreed(t0 + 9 * HOUR)], by=by, now=t0 + 4 * HOUR)  # at the very moment
    row = case.commitments.get()
    assert (row.due_at, row.times_reagreed) == (t0 + 9 * HOUR, 1)
    old, new = case.deadlines.filter(promise=Promise.COMMITMENT)
    assert (old.state, old.breached_at) == (DeadlineState.VOID, None)
    assert (new.state, new.due_at) == (DeadlineState.RUNNING, t0 + 9 * HOUR)
    sweep(now=t0 + 9 * HOUR + MIN)
    assert clock(case, Promise.COMMITMENT).breached_at == t0 + 9 * HOUR


def test_a_promise_that_has_fallen_due_is_not_moved(case: Case, by: Actor, t0: datetime) -> None:
    committed(case, by, t0)
    with refused(DemandUnmet) as found:
        take_steps(
            case, [reagreed(t0 + 9 * HOUR)], by=by, now=t0 + 4 * HOUR + timedelta(microseconds=1)
        )
    assert missing(found) == [("commitment_due", "commitment")]


def test_a_move_told_in_time_and_written_down_minutes_later_is_no_breach(
    case: Case, by: Actor, t0: datetime
) -> None:
    committed(case, by, t0)
    told_at = t0 + 4 * HOUR - MIN
    take_steps(case, [reagreed(t0 + 9 * HOUR, at=told_at)], by=by, now=t0 + 4 * HOUR + 5 * MIN)
    old, new = case.deadlines.filter(promise=Promise.COMMITMENT)
    assert (old.breached_at, old.state) == (None, DeadlineState.VOID)
    assert new.due_at == t0 + 9 * HOUR
    assert events(case, "breach_withdrawn") == [("breach_withdrawn", told_at)]
    assert not case.escalations.filter(closed_at=None, deadline__promise="commitment").exists()


def test_a_move_that_was_written_down_much_later_does_not_count(
    case: Case, by: Actor, t0: datetime
) -> None:
    committed(case, by, t0)
    told_at = t0 + 4 * HOUR - MIN
    with refused(DemandUnmet) as found:
        take_steps(case, [reagreed(t0 + 9 * HOUR, at=told_at)], by=by, now=t0 + 5 * HOUR)
    assert missing(found) == [("commitment_due", "commitment")]


def test_a_move_lies_in_the_future(case: Case, by: Actor, t0: datetime) -> None:
    committed(case, by, t0)
    with refused(FieldInvalid) as found:
        take_steps(case, [reagreed(t0 + 2 * HOUR)], by=by, now=t0 + 2 * HOUR)
    assert (found.value.field, found.value.code) == ("due_at", "past")


def test_a_promise_void_with_its_case_is_not_open(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    committed(case, by, t0)
    take_steps(case, [steps.Withdraw(reason="A mistake")], by=by, now=t0 + 2 * HOUR)
    assert case.commitments.get().voided_at == t0 + 2 * HOUR
    assert states(case)["commitment 1"] == "void"


# ── hand-overs ────────────────────────────────────────────────────────────────────────


def test_a_question_to_a_department_has_four_working_hours_unless_a_time_is_named(
    case: Case, by: Actor, t0: datetime
) -> None:
    plain = steps.HandOver(question="Which alloy?", department="Lab")
    take_steps(case, [plain, replace(plain, due_at=t0 + DAY)], by=by, now=t0 + HOUR)
    tomorrow_at_13 = t0 + 20 * HOUR  # it was asked at closing, 18:00 in Shanghai
    due = [(1, tomorrow_at_13), (2, t0 + DAY)]
    assert list(case.hand_overs.values_list("number", "due_at")) == due
    rows = case.deadlines.filter(promise=Promise.HAND_OVER).order_by("subject")
    assert list(rows.values_list("subject", "due_at")) == due
    with refused(FieldInvalid) as found:
        take_steps(case, [replace(plain, due_at=t0 + HOUR)], by=by, now=t0 + HOUR)
    assert (found.value.field, found.value.code) == ("due_at", "past")


def test_whoever_is_asked_is_told_and_may_answer_and_nothing_else(
    case: Case, people: People, by: Actor, t0: datetime
) -> None:
    expert = Actor.person(people.stranger)
    answer = steps.AnswerHandOver(hand_over=1, answer="1.4571")
    with refused(NotPermitted):
        take_steps(case, [answer], by=expert, now=t0 + HOUR)
    asked = steps.HandOver(question="Which alloy?", to_user=people.stranger)
    take_steps(case, [asked], by=by, now=t0 + HOUR)
    assert told(case, "handed_over") == [("stranger", 0, t0 + HOUR)]
    with refused(NotPermitted):
        take_steps(case, [steps.WriteNote(text="x")], by=expert, now=t0 + HOUR)
    take_steps(case, [answer], by=expert, now=t0 + 2 * HOUR)
    assert clock(case, Promise.HAND_OVER).kept_at == t0 + 2 * HOUR
    row = case.hand_overs.get()
    assert (row.answer, row.answered_at) == ("1.4571", t0 + 2 * HOUR)
    with refused(NotPermitted):
        take_steps(case, [answer], by=expert, now=t0 + 3 * HOUR)


def test_an_answer_settles_its_own_question_alone(case: Case, by: Actor, t0: datetime) -> None:
    plain = steps.HandOver(question="Which alloy?", department="Lab")
    take_steps(case, [plain, plain], by=by, now=t0 + HOUR)
    answer = steps.AnswerHandOver(hand_over=2, answer="1.4571")
    take_steps(case, [answer], by=by, now=t0 + 2 * HOUR)
    assert (states(case)["hand_over 1"], states(case)["hand_over 2"]) == ("running", "kept")


# ── assignments ───────────────────────────────────────────────────────────────────────


def test_who_is_given_a_case_is_told_and_who_takes_it_is_not(
    case: Case, people: People, by: Actor, t0: datetime
) -> None:
    take_steps(case, [steps.Assign(handler=people.colleague)], by=by, now=t0 + HOUR)
    assert (case.handler, told(case, "assigned")) == (
        people.colleague, [("colleague", 0, t0 + HOUR)],
    )  # fmt: skip
    take_steps(case, [steps.Assign(handler=people.engineer)], by=by, now=t0 + 2 * HOUR)
    assert len(told(case, "assigned")) == 1


def test_a_case_given_to_a_team_waits_in_its_queue_and_is_announced_there(
    case: Case, people: People, by: Actor, t0: datetime
) -> None:
    other = people.stranger.teams.get()
    take_steps(case, [steps.Assign(team=other)], by=by, now=t0 + HOUR)
    assert (case.team, case.handler) == (other, None)
    assert told(case, "announced") == [("stranger", 0, t0 + HOUR)]


@pytest.mark.parametrize("who", ["stranger", "analyst"])
def test_a_handler_belongs_to_the_team(
    who: str, case: Case, people: People, by: Actor, t0: datetime
) -> None:
    with refused(DemandUnmet) as found:
        take_steps(case, [steps.Assign(handler=getattr(people, who))], by=by, now=t0 + HOUR)
    assert missing(found) == [("handler_in_team", "handler")]


def test_who_has_left_is_given_nothing(case: Case, people: People, by: Actor, t0: datetime) -> None:
    people.colleague.is_active = False
    people.colleague.save()
    with refused(DemandUnmet) as found:
        take_steps(case, [steps.Assign(handler=people.colleague)], by=by, now=t0 + HOUR)
    assert missing(found) == [("handler_in_team", "handler")]


def test_a_closed_case_changes_hands_without_being_announced(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [CLOSE], by=by, now=t0 + HOUR)
    other = people.stranger.teams.get()
    take_steps(case, [steps.Assign(team=other)], by=by, now=t0 + 2 * HOUR)
    assert (case.team, told(case, "announced")) == (other, [])


def test_whoever_acknowledges_keeps_the_handler_that_there_is(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    said = steps.Acknowledge(channel=PHONE, summary="Thank you")
    take_steps(case, [said], by=Actor.person(people.colleague), now=t0 + MIN)
    assert case.handler == people.engineer
