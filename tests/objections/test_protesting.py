"""“I am not satisfied”, at any time: recorded by us, or said by the customer themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from objections import steps
from objections.actors import CUSTOMER, Actor
from objections.errors import NotPermitted, StepRefused
from objections.models import Notice
from objections.services.stepping import take_step
from objections.vocabulary import (
    Channel,
    ClockMode,
    EscalationReason,
    EventKind,
    NoticeKind,
    Promise,
    Stage,
)
from tests.conftest import People
from tests.objections.record import refused
from tests.stories import ACKNOWLEDGE, CLOSE, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db

ANGRY = steps.Protest(channel=Channel.PHONE, message="I want your boss.")


@pytest.mark.parametrize("who", ["one of us", "the customer"])
def test_it_calls_the_supervisor_and_a_person_owes_a_reply(
    who: str, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, handler=people.engineer)
    take_step(case, ANGRY, by=by if who == "one of us" else CUSTOMER, now=t0 + MIN)
    [escalation] = case.escalations.all()
    assert escalation.reason == EscalationReason.NOT_SATISFIED
    told = Notice.objects.filter(user=people.supervisor, kind=NoticeKind.ESCALATED)
    assert told.exists()
    assert case.deadlines.running().filter(promise=Promise.CUSTOMER_MESSAGE).exists()
    assert case.stage == Stage.LISTEN


def test_said_twice_it_is_one_escalation(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    for minute in (1, 2):
        take_step(case, ANGRY, by=CUSTOMER, now=t0 + minute * MIN)
    assert case.escalations.count() == 1
    assert case.events.filter(kind=EventKind.PROTESTED).count() == 2


def test_it_ends_when_the_customer_hears_a_solution(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_step(case, ANGRY, by=CUSTOMER, now=t0 + HOUR)
    take_step(case, TELL, by=by, now=t0 + 2 * HOUR)
    assert not case.escalations.filter(closed_at=None).exists()


def test_of_a_case_that_is_kept_for_the_record_nobody_is_called(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, clock_mode=ClockMode.HISTORICAL)
    take_step(case, ACKNOWLEDGE, by=by, now=t0 + MIN)
    take_step(case, ANGRY, by=by, now=t0 + 2 * MIN)
    assert case.escalations.count() == 0


def test_after_the_end_it_is_refused_and_the_case_is_taken_up_again_instead(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
    with refused(StepRefused):
        take_step(case, ANGRY, by=CUSTOMER, now=t0 + HOUR)
    take_step(case, steps.Reopen(reason="It leaks."), by=CUSTOMER, now=t0 + HOUR)
    assert case.stage == Stage.RESPOND
    [escalation] = case.escalations.filter(closed_at=None)
    assert escalation.reason == EscalationReason.NOT_SATISFIED
    assert case.deadlines.running().filter(promise=Promise.CUSTOMER_MESSAGE).exists()


def test_reopened_by_one_of_us_it_calls_nobody(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
    take_step(case, steps.Reopen(reason="It leaks."), by=by, now=t0 + HOUR)
    assert not case.escalations.filter(closed_at=None).exists()


def test_a_verdict_can_be_kept_before_the_last_promise_and_is_one_a_round(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    for score in (3, 4):
        verdict = steps.GiveVerdict(score=score, words="It runs.", channel=Channel.PHONE)
        take_step(case, verdict, by=by, now=t0 + HOUR)
    assert [one.score for one in case.verdicts.all()] == [4]
    assert case.deadlines.get(promise=Promise.FOLLOW_UP).kept_at == t0 + HOUR
    take_step(case, CLOSE, by=by, now=t0 + 2 * HOUR)
    assert [one.score for one in case.verdicts.all()] == [5]


def test_a_customer_may_do_nothing_that_is_ours(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    for step in (ACKNOWLEDGE, steps.WriteNote(text="x"), steps.Withdraw(reason="x")):
        with refused(NotPermitted):
            take_step(case, step, by=CUSTOMER, now=t0 + MIN)
