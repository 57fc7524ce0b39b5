"""A step whose demands are not met is refused with the list of what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Client
from objections import demands, steps
from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.errors import DEMANDS, Demand, DemandUnmet, FieldInvalid, NotPermitted
from objections.services import remedies
from objections.services.stepping import take_steps
from objections.steps import Step
from objections.vocabulary import (
    Action,
    AttemptResult,
    CauseCategory,
    Channel,
    PauseReason,
    Promise,
    RemedyKind,
    Stage,
)
from tests.conftest import T0, People
from tests.objections.record import missing, refused
from tests.stories import (
    ACKNOWLEDGE,
    ATTEMPT,
    CARRY_OUT,
    DAY,
    HOUR,
    MIN,
    NOT_SATISFIED,
    RESTATE,
    TELL,
    open_at,
    walk_to,
)

pytestmark = pytest.mark.django_db

PHONE = Channel.PHONE
OPTIONS = (steps.OptionOffered(title="Replace it"),)
Missing = list[tuple[str, str]]


def told(**more: Any) -> steps.CommunicateSolution:
    given: dict[str, Any] = {
        "channel": PHONE, "message": "We replace it.", "cause": "Wrong alloy", "options": OPTIONS,
    }  # fmt: skip
    return steps.CommunicateSolution(**(given | more))


def closed(**more: Any) -> steps.CloseSatisfied:
    given: dict[str, Any] = {
        "score": 4, "cause_category": CauseCategory.DESIGN, "nothing_new": True,
    }  # fmt: skip
    return steps.CloseSatisfied(**(given | more))


def answered(number: int, **more: Any) -> steps.QuestionAnswered:
    return steps.QuestionAnswered(question=number, **more)


COMMIT = steps.Commit(what="A new seal", due_at=T0 + 2 * DAY)
PAUSE = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail, 10:02")

CASES: list[tuple[str, Stage, Sequence[Step], Step, Missing]] = [
    ("confirm needs a restatement", Stage.CONFIRM, (),
     steps.Confirm(channel=PHONE, reply="Yes"), [("restatement", "")]),
    ("confirm needs a new restatement after a correction", Stage.CONFIRM,
     (RESTATE, steps.Correct(channel=PHONE, correction="No")),
     steps.Confirm(channel=PHONE, reply="Yes"), [("new_restatement", "")]),
    ("confirm needs the customer's reply", Stage.CONFIRM, (RESTATE,),
     steps.Confirm(channel=PHONE, reply="  "), [("reply", "reply")]),
    ("confirm needs a channel", Stage.CONFIRM, (RESTATE,),
     steps.Confirm(reply="Yes"), [("reply", "reply")]),
    ("skipping the confirmation needs a supervisor", Stage.CONFIRM, (RESTATE,),
     steps.Confirm(skip_reason="They are at sea"), [("skip_needs_supervisor", "skip_reason")]),
    ("a correction needs something to correct", Stage.CONFIRM, (),
     steps.Correct(channel=PHONE, correction="No"), [("restatement", "")]),
    ("a solution needs a cause or why it is unknown, and options", Stage.RESPOND, (),
     told(cause="", options=()), [("cause", "cause"), ("options", "options")]),
    ("a chosen option must have been offered", Stage.RESPOND, (), told(chosen=2),
     [("option_exists", "chosen")]),
    ("what is promised along with it must not be vague", Stage.RESPOND, (),
     told(commitments=(steps.Promised(what="尽快处理", due_at=T0 + DAY),)),
     [("vague", "commitments")]),
    ("choosing needs a solution", Stage.RESPOND, (),
     steps.Choose(channel=PHONE, option=1), [("solution", "")]),
    ("the option chosen must exist", Stage.RESPOND, (TELL,),
     steps.Choose(channel=PHONE, option=3), [("option_exists", "option")]),
    ("rejecting needs a solution", Stage.RESPOND, (),
     steps.RejectSolution(channel=PHONE, reason="No"), [("solution", "")]),
    ("carrying out needs a solution", Stage.RESPOND, (), CARRY_OUT, [("solution", "")]),
    ("carrying out needs a solution that still stands", Stage.RESPOND,
     (TELL, steps.RejectSolution(channel=PHONE, reason="No")), CARRY_OUT, [("solution", "")]),
    ("carrying out needs this round's solution", Stage.FOLLOW_UP, (NOT_SATISFIED,), CARRY_OUT,
     [("solution", "")]),
    ("carrying out needs the customer's choice", Stage.RESPOND, (told(),), CARRY_OUT,
     [("choice", "")]),
    ("closing needs score, cause and lesson", Stage.FOLLOW_UP, (), steps.CloseSatisfied(),
     [("score", "score"), ("cause_category", "cause_category"), ("lesson", "lesson")]),
    ("a score is at least 1", Stage.FOLLOW_UP, (), closed(score=0), [("score", "score")]),
    ("a score is at most 5", Stage.FOLLOW_UP, (), closed(score=6), [("score", "score")]),
    ("an unhappy score is at most 5", Stage.FOLLOW_UP, (),
     steps.NotSatisfied(still_open="It drips", score=6), [("score", "score")]),
    ("closing waits for open promises", Stage.FOLLOW_UP, (COMMIT,), closed(),
     [("open_commitment", "")]),
    ("giving up needs 3 attempts", Stage.FOLLOW_UP, (ATTEMPT, ATTEMPT), steps.CloseUnreachable(),
     [("attempts", "")]),
    ("giving up needs 2 days", Stage.FOLLOW_UP, (ATTEMPT,) * 3, steps.CloseUnreachable(),
     [("attempt_days", "")]),
    ("a complaint is not closed with thanks", Stage.CONFIRM, (), steps.CloseThanked(),
     [("thanks_only", "")]),
    ("the acknowledgement is never paused", Stage.LISTEN, (),
     steps.Pause(reason=PauseReason.CUSTOMER, evidence="x", promise=Promise.ACKNOWLEDGEMENT),
     [("pause_listed", "promise")]),
    ("what the policy does not list is not paused", Stage.CONFIRM, (),
     steps.Pause(reason=PauseReason.CUSTOMER, evidence="x", promise=Promise.PROGRESS_UPDATE),
     [("pause_listed", "promise")]),
    ("only a running clock is paused", Stage.RESPOND, (TELL,), PAUSE,
     [("pause_running", "promise")]),
    ("a pause has a maximum", Stage.RESPOND, (),
     steps.Pause(reason=PauseReason.CUSTOMER, evidence="x", resume_at=T0 + 10 * HOUR),
     [("pause_maximum", "resume_at")]),
    ("only a paused clock resumes", Stage.RESPOND, (), steps.Resume(),
     [("resume_paused", "promise")]),
    ("a promise must not be vague", Stage.CONFIRM, (),
     steps.Commit(what="We answer as soon as possible", due_at=T0 + DAY), [("vague", "what")]),
    ("only an open promise is kept", Stage.CONFIRM, (),
     steps.KeepCommitment(commitment=1, proof="x"), [("commitment_open", "commitment")]),
    ("a kept promise is not kept twice", Stage.CONFIRM,
     (COMMIT, steps.KeepCommitment(commitment=1, proof="x")),
     steps.KeepCommitment(commitment=1, proof="y"), [("commitment_open", "commitment")]),
    ("only an open promise is agreed anew", Stage.CONFIRM, (),
     steps.ReagreeCommitment(channel=PHONE, commitment=7, due_at=T0 + 3 * DAY, message="Later"),
     [("commitment_open", "commitment")]),
    ("a question goes to somebody", Stage.CONFIRM, (),
     steps.HandOver(question="Which alloy?", department=" "), [("department", "department")]),
    ("only an open question is answered", Stage.CONFIRM, (),
     steps.AnswerHandOver(hand_over=1, answer="x"), [("hand_over_open", "hand_over")]),
    ("assigning names somebody", Stage.LISTEN, (), steps.Assign(), [("something", "handler")]),
    ("an answer belongs to a question", Stage.CONFIRM, (),
     steps.Reply(channel=PHONE, message="So", answers=(answered(3, answer="x"),)),
     [("question_exists", "answers")]),
    ("an e-mail needs an address", Stage.LISTEN, (),
     steps.Acknowledge(channel=Channel.EMAIL, summary="Thank you"), [("address", "to")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "before", "step", "lacks"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_a_step_is_refused_while_it_lacks_something(
    stage: Stage, before: Sequence[Step], step: Step, lacks: Missing, by: Actor, customer: Any
) -> None:
    case = walk_to(stage, T0, by=by, customer=customer)
    take_steps(case, before, by=by, now=T0 + 10 * MIN)
    with refused(DemandUnmet) as found:
        take_steps(case, [step], by=by, now=T0 + 11 * MIN)
    assert missing(found) == lacks
    assert all(demand.sentence for demand in found.value.missing)
    assert found.value.action is step.action


BLANK: list[tuple[Stage, Step, str]] = [
    (Stage.LISTEN, steps.Acknowledge(channel=PHONE, summary=" "), "summary"),
    (Stage.CONFIRM, steps.Restate(restatement=" ", interest="x"), "restatement"),
    (Stage.CONFIRM, steps.Restate(restatement="x", interest=""), "interest"),
    (Stage.RESPOND, told(message=" "), "message"),
    (Stage.RESPOND, told(options=(steps.OptionOffered(title=" "),)), "options"),
    (Stage.RESPOND, told(commitments=(steps.Promised(what=" ", due_at=T0 + DAY),)), "commitments"),
    (Stage.RESPOND, steps.RejectSolution(channel=PHONE, reason=""), "reason"),
    (Stage.RESPOND, steps.CarryOut(proof=""), "proof"),
    (Stage.RESPOND, steps.Pause(reason=PauseReason.CUSTOMER, evidence=" "), "evidence"),
    (Stage.FOLLOW_UP, steps.NotSatisfied(still_open="\n"), "still_open"),
    (Stage.FOLLOW_UP, steps.NewObjection(statement=" ", channel=PHONE), "statement"),
    (Stage.CLOSED, steps.Reopen(reason=""), "reason"),
    (Stage.LISTEN, steps.Withdraw(reason=""), "reason"),
    (Stage.LISTEN, steps.UpdateProgress(channel=PHONE, message=""), "message"),
    (Stage.LISTEN, steps.ReceiveMessage(channel=PHONE, message=""), "message"),
    (Stage.LISTEN, steps.Reply(channel=PHONE, message=""), "message"),
    (Stage.LISTEN, steps.Commit(what=" ", due_at=T0 + DAY), "what"),
    (Stage.LISTEN, steps.HandOver(question="", department="x"), "question"),
    (Stage.LISTEN, steps.WriteNote(text="　"), "text"),
]


@pytest.mark.parametrize(
    ("stage", "step", "field"), BLANK, ids=[f"{row[1].action.value} {row[2]}" for row in BLANK]
)
def test_words_that_say_nothing_are_no_words(
    stage: Stage, step: Step, field: str, by: Actor, customer: Any
) -> None:
    case = walk_to(stage, T0, by=by, customer=customer)
    with refused(FieldInvalid) as found:
        take_steps(case, [step], by=by, now=T0 + 11 * MIN)
    assert (found.value.field, found.value.code) == (field, "empty")


def test_what_happens_next_must_still_have_been_to_come_when_they_spoke(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.LISTEN, t0, by=by, customer=customer)
    spoke, now = t0 + 2 * MIN, t0 + HOUR
    said = steps.Acknowledge(
        channel=Channel.PHONE, summary="Thank you.", next_step="I ask.", next_by=spoke, at=spoke
    )
    with refused(FieldInvalid) as found:
        take_steps(case, [said], by=by, now=now)
    assert (found.value.field, found.value.code) == ("next_by", "past")
    take_steps(case, [replace(said, next_by=spoke + MIN)], by=by, now=now)


def test_every_question_needs_an_answer_or_a_reason_with_a_time(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer, questions=("Why?", "Since when?"))
    now = t0 + HOUR

    def asked(*answers: steps.QuestionAnswered) -> Missing:
        with refused(DemandUnmet) as found:
            take_steps(case, [told(answers=answers)], by=by, now=now)
        return missing(found)

    assert asked() == [("answer_question", "answers")] * 2
    assert asked(answered(1, answer="Wrong alloy")) == [("answer_question", "answers")]
    assert asked(answered(1, answer="x"), answered(2, reason="No data yet")) == [
        ("answer_question", "answers")
    ]
    given = (
        answered(1, answer="Wrong alloy"),
        answered(2, reason="The log is at the lab", due_at=now + DAY),
    )
    take_steps(case, [told(answers=given)], by=by, now=now)
    first, second = case.questions.all()
    assert (first.answer, first.answered_at) == ("Wrong alloy", now)
    assert (second.answered_at, second.deferred_reason) == (None, "The log is at the lab")
    promised = second.deferred_to
    assert promised is not None
    assert (promised.what, promised.due_at, promised.number) == ("Since when?", now + DAY, 1)
    assert demands.open_questions(case) == []


def test_a_question_put_off_is_open_again_once_its_promise_is_settled_without_an_answer(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer, questions=("Why?",))
    put_off = answered(1, reason="At the lab", due_at=t0 + DAY)
    take_steps(case, [told(answers=(put_off,))], by=by, now=t0 + HOUR)
    done = steps.KeepCommitment(commitment=1, proof="Report sent")
    take_steps(case, [done], by=by, now=t0 + 2 * HOUR)
    assert [question.number for question in demands.open_questions(case)] == [1]


def test_a_remedy_above_the_limit_is_approved_before_it_is_told(
    people: People, by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    remedy = remedies.propose(
        case, kind=RemedyKind.REFUND, description="Half the price", cost=Decimal(5000), by=by,
        now=t0 + HOUR,
    )  # fmt: skip
    with refused(DemandUnmet) as found:
        take_steps(case, [TELL], by=by, now=t0 + HOUR)
    assert missing(found) == [("remedy_approval", "")]
    remedies.approve(remedy, by=boss, now=t0 + HOUR)
    take_steps(case, [TELL], by=by, now=t0 + HOUR)
    assert case.solutions.count() == 1


def test_a_supervisor_may_skip_the_confirmation_with_a_reason(
    boss: Actor, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    [event] = take_steps(case, [steps.Confirm(skip_reason="At sea")], by=boss, now=t0 + HOUR)
    assert (case.stage, event.kind) == (Stage.RESPOND, "confirmation_skipped")
    assert event.data["words"] == "At sea"


def test_a_program_cannot_skip_the_confirmation_in_a_supervisors_name(
    people: People, by: Actor, crm: Client, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    step = steps.Confirm(skip_reason="At sea", contacted_by=people.supervisor)
    with refused(DemandUnmet) as found:
        take_steps(case, [step], by=Actor.program(crm), now=t0 + HOUR)
    assert missing(found) == [("skip_needs_supervisor", "skip_reason")]


@pytest.mark.parametrize(
    "step",
    [
        ACKNOWLEDGE,
        steps.UpdateProgress(channel=PHONE, message="x"),
        steps.Reply(channel=PHONE, message="x"),
    ],
)
def test_a_program_names_our_person_who_had_the_contact(
    step: Step, people: People, by: Actor, crm: Client, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    for actor in (Actor.program(crm), SYSTEM):
        with refused(DemandUnmet) as found:
            take_steps(case, [step], by=actor, now=t0 + MIN)
        assert missing(found) == [("contacted_by", "contacted_by")]
    people.colleague.is_active = False
    people.colleague.save()
    gone = Actor.program(crm, person=people.colleague)
    with refused(DemandUnmet) as found:
        take_steps(case, [step], by=gone, now=t0 + MIN)
    assert missing(found) == [("contacted_by", "contacted_by")]
    named = Actor.program(crm, person=people.engineer)
    [event] = take_steps(case, [step], by=named, now=t0 + MIN)
    assert (event.actor_kind, event.client, event.user) == ("client", crm, people.engineer)


def test_an_attempt_by_a_program_names_our_person_too(
    by: Actor, crm: Client, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    step = steps.RecordAttempt(channel=PHONE, result=AttemptResult.BUSY)
    with refused(DemandUnmet) as found:
        take_steps(case, [step], by=Actor.program(crm), now=t0 + HOUR)
    assert missing(found) == [("contacted_by", "contacted_by")]


def test_the_customer_answers_but_does_not_do_our_part(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    for ours in (RESTATE, COMMIT, steps.WriteNote(text="x"), steps.Withdraw(reason="x")):
        with refused(NotPermitted):
            take_steps(case, [ours], by=CUSTOMER, now=t0 + HOUR)
    take_steps(case, [RESTATE], by=by, now=t0 + HOUR)
    take_steps(
        case, [steps.Confirm(channel=Channel.WEB, reply="Yes")], by=CUSTOMER, now=t0 + 2 * HOUR
    )
    assert case.stage == Stage.RESPOND


def test_a_negative_cost_is_no_cost(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    free = steps.OptionOffered(title="Refund", cost=Decimal("-1"))
    with refused(FieldInvalid) as found:
        take_steps(case, [told(options=(free,))], by=by, now=t0 + HOUR)
    assert (found.value.field, found.value.code) == ("options", "negative")


@pytest.mark.parametrize(
    ("at", "code"),
    [(2 * MIN + MIN / 60, "future"), (-20 * MIN, "before_case")],
    ids=["in the future", "before the customer spoke"],
)
def test_a_moment_that_cannot_be_right_is_refused(
    at: Any, code: str, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, received_at=t0 - 10 * MIN)
    step = steps.WriteNote(text="x", at=t0 + at)
    with refused(FieldInvalid) as found:
        take_steps(case, [step], by=by, now=t0)
    assert (found.value.field, found.value.code) == ("at", code)


def test_a_senders_clock_may_be_two_minutes_ahead(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer)
    [event] = take_steps(case, [steps.WriteNote(text="x", at=t0 + 2 * MIN)], by=by, now=t0)
    assert event.occurred_at == t0


def test_what_is_standing_tells_the_buttons_before_anything_is_handed_in(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer, questions=("Why?",))

    def codes(action: Action) -> list[str]:
        return [demand.code for demand in demands.standing(case, action)]

    assert codes(Action.COMMUNICATE_SOLUTION) == ["answer_question"]
    assert codes(Action.CARRY_OUT) == ["solution"]
    assert codes(Action.WITHDRAW) == []
    take_steps(case, [told(answers=(answered(1, answer="So"),))], by=by, now=t0 + HOUR)
    assert codes(Action.CARRY_OUT) == ["choice"]


def test_a_demand_is_one_of_those_that_have_a_sentence() -> None:
    with pytest.raises(KeyError):
        Demand("something else")
    assert all(str(sentence) for sentence in DEMANDS.values())
