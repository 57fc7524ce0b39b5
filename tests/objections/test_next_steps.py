"""The next step of a case, as a verb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.models import Contact, Customer
from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.selectors.next_steps import next_step, next_steps
from objections.services.records import withdraw_proof
from objections.services.stepping import take_steps
from objections.vocabulary import (
    Action,
    AttemptResult,
    Channel,
    Kind,
    PauseReason,
    Promise,
    Purpose,
    Stage,
)
from tests.conftest import People
from tests.stories import ATTEMPT, DAY, HOUR, MIN, NOT_SATISFIED, RESTATE, TELL, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(people: People, customer: Customer, contact: Contact, t0: datetime) -> Any:
    def walked(stage: Stage, *taken: steps.Step, **more: Any) -> Case:
        by = Actor.person(people.engineer)
        case = walk_to(stage, t0, by=by, customer=customer, contact=contact, **more)
        for number, step in enumerate(taken, start=1):
            take_steps(case, [step], by=by, now=t0 + 10 * MIN + number * MIN)
        return case

    return walked


def say(case: Case, people: People, now: datetime) -> str:
    found = next_step(case, people.engineer, now)
    return found.sentence if found else ""


STORIES: list[tuple[Stage, Sequence[steps.Step], dict[str, Any], str]] = [
    (Stage.LISTEN, (), {}, "Call back Zhou Min"),
    (Stage.LISTEN, (), {"channel": Channel.EMAIL}, "Get back to Zhou Min"),
    (Stage.CONFIRM, (), {}, "Say back what we understood"),
    (Stage.CONFIRM, (), {"kind": Kind.THANKS}, "Close with thanks"),
    (Stage.CONFIRM, (RESTATE,), {}, "Confirm our understanding"),
    (Stage.CONFIRM, (RESTATE, steps.Correct(channel=Channel.PHONE, correction="No")), {},
     "Say back once more what we understood"),
    (Stage.RESPOND, (), {}, "Tell cause and solution"),
    (Stage.RESPOND, (), {"questions": ("Who pays?",)}, "Answer 1 question"),
    (Stage.RESPOND, (), {"questions": ("Who pays?", "When?")}, "Answer 2 questions"),
    (Stage.FOLLOW_UP, (), {}, "Ask whether it is really solved"),
    (Stage.FOLLOW_UP, (ATTEMPT,), {}, "Call again (attempt 2 of 3)"),
    (Stage.FOLLOW_UP, (ATTEMPT, ATTEMPT, ATTEMPT), {}, "Call again on another day"),
    (Stage.FOLLOW_UP, (NOT_SATISFIED,), {}, "Tell cause and solution"),
    (Stage.RESPOND, (steps.ReceiveMessage(channel=Channel.EMAIL, message="And?"),), {},
     "Reply to the customer's message"),
    (Stage.CLOSED, (), {}, ""),
    (Stage.WITHDRAWN, (), {}, ""),
]  # fmt: skip


@pytest.mark.usefixtures("open_all_hours")
@pytest.mark.parametrize(("stage", "taken", "more", "verb"), STORIES, ids=lambda v: str(v)[:30])
def test_a_case_says_what_it_needs(
    people: People, made: Any, t0: datetime, stage: Stage, taken: Any, more: Any, verb: str
) -> None:
    assert say(made(stage, *taken, **more), people, t0 + 14 * MIN) == verb


def test_after_the_solution_come_the_choice_and_the_carrying_out(
    people: People, made: Any, t0: datetime
) -> None:
    undecided = steps.CommunicateSolution(
        channel=Channel.PHONE, message="Two ways", cause="Filter",
        options=(steps.OptionOffered(title="A"),),
    )  # fmt: skip
    case = made(Stage.RESPOND, undecided)
    assert say(case, people, t0 + HOUR) == "Record the customer's choice"
    chosen = made(Stage.RESPOND, TELL)
    assert say(chosen, people, t0 + HOUR) == "Record that it is carried out"


def test_a_promise_leads_when_its_hour_has_come_and_not_before(
    people: People, made: Any, t0: datetime
) -> None:
    due = t0 + 5 * HOUR
    case = made(Stage.RESPOND, steps.Commit(what="Send the shipping number", due_at=due))
    assert say(case, people, t0 + HOUR) == "Tell cause and solution"
    assert say(case, people, due - 30 * MIN) == "Keep the promise: Send the shipping number"
    found = next_step(case, people.engineer, due - 30 * MIN)
    assert found is not None
    assert (found.action, found.promise, found.subject) == (
        Action.KEEP_COMMITMENT, Promise.COMMITMENT, 1,
    )  # fmt: skip


def test_telling_how_things_stand_leads_once_its_clock_has_warned(
    people: People, made: Any, t0: datetime
) -> None:
    case = made(Stage.RESPOND)
    found = next_step(case, people.engineer, t0 + HOUR)
    assert found is not None
    assert (found.promise, found.action) == (
        Promise.PROGRESS_UPDATE, Action.COMMUNICATE_SOLUTION,
    )  # fmt: skip
    due = case.deadlines.get(promise=Promise.PROGRESS_UPDATE).due_at
    assert due is not None
    assert say(case, people, due - MIN) == "Tell how things stand"
    assert say(case, people, due + MIN) == "Tell how things stand"


@pytest.mark.usefixtures("open_all_hours")
def test_who_was_asked_is_told_to_answer_and_others_to_get_the_answer(
    people: People, made: Any, t0: datetime
) -> None:
    asked = steps.HandOver(question="Which batch?", department="Lab", to_user=people.colleague)
    case = made(Stage.RESPOND, asked)
    soon = t0 + 4 * HOUR
    mine = next_step(case, people.colleague, soon)
    assert mine is not None
    assert mine.sentence == "Answer the question: Which batch?"
    assert say(case, people, soon) == "Get the answer from Lab"


def test_a_paused_clock_does_not_lead(people: People, made: Any, t0: datetime) -> None:
    case = made(Stage.RESPOND, steps.Pause(reason=PauseReason.CUSTOMER, evidence="Pictures"))
    found = next_step(case, people.engineer, t0 + HOUR)
    assert found is not None
    assert found.promise == Promise.PROGRESS_UPDATE


def test_an_acknowledgement_whose_proof_was_withdrawn_is_owed_again(
    people: People, customer: Customer, contact: Contact, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = walk_to(Stage.LISTEN, t0, by=by, customer=customer, contact=contact)
    thanked = steps.Acknowledge(channel=Channel.EMAIL, summary="Thank you.")
    take_steps(case, [thanked], by=by, now=t0 + MIN)
    record = case.contact_records.get(purpose=Purpose.ACKNOWLEDGEMENT)
    withdraw_proof(record, failure="550", now=t0 + 2 * MIN)
    found = next_step(case, people.engineer, t0 + 3 * MIN)
    assert found is not None
    assert (found.promise, found.action) == (Promise.ACKNOWLEDGEMENT, Action.UPDATE_PROGRESS)


def test_three_attempts_on_two_days_lead_to_closing(
    people: People, customer: Customer, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    busy = steps.RecordAttempt(channel=Channel.PHONE, result=AttemptResult.BUSY)
    for number in range(3):
        take_steps(case, [busy], by=by, now=t0 + HOUR + number * DAY)
    assert say(case, people, t0 + 2 * DAY + 2 * HOUR) == "Close: not reachable"


def test_a_hundred_cases_cost_no_more_queries_than_one(
    people: People, made: Any, t0: datetime, django_assert_max_num_queries: Any
) -> None:
    for stage in (Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND, Stage.FOLLOW_UP) * 5:
        made(stage)
    cases = list(Case.objects.all())
    with django_assert_max_num_queries(9):
        found = next_steps(cases, people.engineer, t0 + timedelta(minutes=9))
    assert len(found) == 20
