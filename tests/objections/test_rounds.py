"""Item 12, and what leads from round to round: rejected, not satisfied, reopened, persistent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import DemandUnmet
from objections.models import Case, Escalation
from objections.services import escalations
from objections.services.stepping import take_steps
from objections.vocabulary import Channel, ClockMode, Promise, Stage
from tests.conftest import People
from tests.objections.record import clock, events, missing, refused, states, told
from tests.stories import (
    ATTEMPT,
    CARRY_OUT,
    CLOSE,
    DAY,
    HOUR,
    MIN,
    NOT_SATISFIED,
    TELL,
    walk_to,
)

pytestmark = pytest.mark.django_db

REJECT = steps.RejectSolution(channel=Channel.PHONE, reason="Too late.")


def test_item_12_a_rejected_solution_owes_another_response_in_a_row_of_its_own(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, [TELL], by=by, now=t0 + HOUR)
    take_steps(case, [REJECT], by=by, now=t0 + 2 * HOUR)
    assert (case.stage, case.cycle) == (Stage.RESPOND, 2)
    first, second = case.deadlines.filter(promise=Promise.RESPONSE)
    assert (first.cycle, first.kept_at, first.due_at) == (1, t0 + HOUR, t0 + DAY)
    assert (second.cycle, second.kept_at) == (2, None)
    assert (second.started_at, second.due_at) == (t0 + 2 * HOUR, t0 + 2 * HOUR + DAY)
    assert case.deadlines.running().filter(promise=Promise.PROGRESS_UPDATE).count() == 1
    [solution] = case.solutions.all()
    assert (solution.rejected_at, solution.reject_reason) == (t0 + 2 * HOUR, "Too late.")


def test_item_12_a_second_solution_keeps_the_second_response_and_not_the_first(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, [TELL, REJECT], by=by, now=t0 + HOUR)
    take_steps(case, [TELL, CARRY_OUT], by=by, now=t0 + 3 * HOUR)
    kept = case.deadlines.filter(promise=Promise.RESPONSE).values_list("cycle", "kept_at")
    assert list(kept) == [(1, t0 + HOUR), (2, t0 + 3 * HOUR)]
    assert clock(case, Promise.FOLLOW_UP).cycle == 2


def test_item_12_a_rejection_after_a_breach_leaves_the_breach(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, [TELL, REJECT], by=by, now=t0 + 25 * HOUR)
    first = clock(case, Promise.RESPONSE, cycle=1)
    assert (first.breached_at, first.answered_late_at) == (t0 + DAY, t0 + 25 * HOUR)
    assert clock(case, Promise.RESPONSE, cycle=2).due_at == t0 + 49 * HOUR


def test_an_unhappy_verdict_keeps_the_follow_up_and_owes_another_response(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [NOT_SATISFIED], by=by, now=t0 + HOUR)
    assert (case.stage, case.cycle) == (Stage.RESPOND, 2)
    assert states(case) == {
        "acknowledgement 1": "kept",
        "response 1": "kept",
        "progress_update 1": "kept",
        "progress_update 2": "void",
        "follow_up 1": "kept",
        "response 2": "running",
        "progress_update 3": "running",
    }
    verdict = case.verdicts.get()
    assert (verdict.satisfied, verdict.words, verdict.cycle) == (False, "It drips again.", 1)


def test_a_reopened_case_owes_another_response_and_keeps_its_age(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
    take_steps(case, [steps.Reopen(reason="It leaks again")], by=by, now=t0 + 9 * DAY)
    assert (case.stage, case.cycle, case.closed_at) == (Stage.RESPOND, 2, None)
    assert case.received_at == t0
    response = clock(case, Promise.RESPONSE)
    assert (response.cycle, response.due_at) == (2, t0 + 10 * DAY)
    assert clock(case, Promise.PROGRESS_UPDATE).is_running
    with refused(DemandUnmet) as found:  # the solution of before does not count any more
        take_steps(case, [CARRY_OUT], by=by, now=t0 + 9 * DAY + HOUR)
    assert missing(found) == [("solution", "")]


def not_satisfied_twice(case: Case, by: Actor, t0: datetime) -> None:
    take_steps(case, [NOT_SATISFIED], by=by, now=t0 + HOUR)
    take_steps(case, [TELL, CARRY_OUT, NOT_SATISFIED], by=by, now=t0 + 2 * HOUR)


def test_the_second_unhappy_verdict_is_persistent_and_reaches_the_supervisor_at_once(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [NOT_SATISFIED], by=by, now=t0 + HOUR)
    assert (case.persistent_at, Escalation.objects.count()) == (None, 0)
    take_steps(case, [TELL, CARRY_OUT, NOT_SATISFIED], by=by, now=t0 + 2 * HOUR)
    assert case.persistent_at == t0 + 2 * HOUR
    [escalation] = case.escalations.all()
    assert (escalation.reason, escalation.deadline, escalation.level) == ("persistent", None, 1)
    assert escalation.opened_at == t0 + 2 * HOUR
    assert told(case, "escalated") == [("supervisor", 1, t0 + 2 * HOUR)]
    [entry] = escalation.entries.all()
    assert (entry.rung, entry.told) == (None, [people.supervisor.pk])


def test_verdicts_between_which_the_case_was_closed_count_together(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [NOT_SATISFIED, TELL, CARRY_OUT, CLOSE], by=by, now=t0 + HOUR)
    reopen = steps.Reopen(reason="Again")
    take_steps(case, [reopen, TELL, CARRY_OUT, NOT_SATISFIED], by=by, now=t0 + DAY)
    assert case.persistent_at == t0 + DAY


def test_a_third_unhappy_verdict_raises_it_again_only_where_none_stands(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    not_satisfied_twice(case, by, t0)
    take_steps(case, [TELL], by=by, now=t0 + 3 * HOUR)  # the customer has an answer: it closes
    [first] = case.escalations.all()
    assert first.closed_at == t0 + 3 * HOUR
    take_steps(case, [CARRY_OUT, NOT_SATISFIED], by=by, now=t0 + 4 * HOUR)
    assert case.escalations.filter(closed_at=None).count() == 1
    assert case.escalations.count() == 2
    assert case.persistent_at == t0 + 2 * HOUR  # since the first time


def test_a_persistent_objection_that_is_taken_lapses_one_level_higher(
    people: People, by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    not_satisfied_twice(case, by, t0)
    [escalation] = case.escalations.all()
    until = t0 + 4 * HOUR
    escalations.take(escalation, by=boss, next_step="I study it", until=until, now=t0 + 3 * HOUR)
    sweep(now=until + MIN)
    escalation.refresh_from_db()
    assert (escalation.level, escalation.taken_by) == (2, None)
    assert told(case, "lapsed") == [("manager", 2, until)]


def test_a_historical_case_becomes_persistent_without_telling_anybody(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer, clock_mode=ClockMode.HISTORICAL)
    not_satisfied_twice(case, by, t0)
    assert case.persistent_at == t0 + 2 * HOUR
    assert not case.escalations.exists()
    assert sweep(now=t0 + 90 * DAY) == 0


def test_giving_up_needs_three_attempts_on_two_days_of_ours(
    by: Actor, customer: Any, t0: datetime
) -> None:
    # 15:55 UTC is 23:55 in Shanghai: ten minutes later it is another day there, not in UTC.
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    evening = t0.replace(hour=15, minute=55)
    take_steps(case, [ATTEMPT, ATTEMPT], by=by, now=evening)
    take_steps(case, [ATTEMPT], by=by, now=evening + 10 * MIN)
    take_steps(case, [steps.CloseUnreachable()], by=by, now=evening + 11 * MIN)
    assert (case.stage, case.closed_at) == (Stage.CLOSED, evening + 11 * MIN)
    assert states(case)["follow_up 1"] == "kept"


def test_attempts_dated_back_are_of_the_day_on_which_they_were_written_down(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    now = t0 + 2 * DAY
    backdated = steps.RecordAttempt(channel=ATTEMPT.channel, result=ATTEMPT.result, at=now - DAY)
    with refused(DemandUnmet) as found:
        take_steps(case, [backdated, ATTEMPT, ATTEMPT, steps.CloseUnreachable()], by=by, now=now)
    assert missing(found) == [("attempt_days", "")]


def test_attempts_of_an_earlier_round_do_not_count(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [ATTEMPT, ATTEMPT], by=by, now=t0 + HOUR)
    take_steps(case, [ATTEMPT], by=by, now=t0 + DAY)
    take_steps(case, [NOT_SATISFIED, TELL, CARRY_OUT], by=by, now=t0 + 2 * DAY)
    with refused(DemandUnmet) as found:
        take_steps(case, [steps.CloseUnreachable()], by=by, now=t0 + 2 * DAY + HOUR)
    assert found.value.missing[0].params == {"count": 0}


def test_something_else_becomes_a_linked_case_with_clocks_of_its_own(
    people: People, by: Actor, customer: Any, contact: Any, product: Any, t0: datetime
) -> None:
    case = walk_to(
        Stage.FOLLOW_UP, t0, by=by, customer=customer, contact=contact, product=product,
        serial="S-1", batch="B-7",
    )  # fmt: skip
    words = "And the invoice is wrong!"
    step = steps.NewObjection(statement=words, channel=Channel.PHONE, questions=("Why?",))
    take_steps(case, [step], by=by, now=t0 + DAY)
    [child] = case.children.all()
    assert (child.statement, child.kind, child.stage) == (words, "objection", Stage.LISTEN)
    assert (child.customer, child.contact, child.product) == (customer, contact, product)
    assert (child.serial, child.batch, child.handler) == ("S-1", "B-7", people.engineer)
    assert child.received_at == t0 + DAY
    assert clock(child, Promise.ACKNOWLEDGEMENT).due_at == t0 + DAY + 15 * MIN
    assert [question.text for question in child.questions.all()] == ["Why?"]
    assert (case.stage, case.cycle) == (Stage.FOLLOW_UP, 1)
    [event] = case.events.filter(kind="new_objection_logged")
    assert event.data["reference"] == child.reference


def test_a_new_case_from_a_restricted_one_is_as_restricted(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(
        Stage.FOLLOW_UP, t0, by=by, customer=customer, sensitivity="restricted",
        named_people=(people.analyst,),
    )  # fmt: skip
    step = steps.NewObjection(statement="More", channel=Channel.PHONE)
    take_steps(case, [step], by=by, now=t0 + DAY)
    [child] = case.children.all()
    assert child.is_restricted
    assert set(child.named_people.all()) == {people.analyst, people.engineer}
    assert events(child, "opened") == [("opened", t0 + DAY)]
