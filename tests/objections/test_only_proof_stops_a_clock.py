"""Item 9: whoever tries to stop a clock without proof fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.models import Client
from objections import steps
from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.deadlines.sweeping import sweep
from objections.errors import Refused
from objections.models import Case
from objections.services import escalations, remedies
from objections.services.stepping import take_steps
from objections.steps import Step
from objections.vocabulary import (
    Channel,
    DeadlineState,
    PauseReason,
    Promise,
    RemedyKind,
    Stage,
)
from tests.conftest import T0, People
from tests.objections.record import clock, escalation_of, states
from tests.stories import (
    ACKNOWLEDGE,
    ATTEMPT,
    CARRY_OUT,
    CLOSE,
    CONFIRM,
    DAY,
    HOUR,
    MIN,
    RESTATE,
    TELL,
    open_at,
    walk_to,
)

pytestmark = pytest.mark.django_db

PHONE = Channel.PHONE
Gamble = Callable[[Case, People, Client], None]


def steps_of(*taken: Step, by: str = "engineer") -> Gamble:
    def gamble(case: Case, people: People, crm: Client) -> None:
        actor = Actor.person(getattr(people, by))
        take_steps(case, taken, by=actor, now=T0 + 14 * MIN)

    return gamble


def as_program(*taken: Step) -> Gamble:
    def gamble(case: Case, people: People, crm: Client) -> None:
        take_steps(case, taken, by=Actor.program(crm), now=T0 + 14 * MIN)

    return gamble


def assign(case: Case, people: People, crm: Client) -> None:
    step = steps.Assign(handler=people.colleague)
    take_steps(case, [step], by=Actor.person(people.supervisor), now=T0 + 14 * MIN)


def remedy(case: Case, people: People, crm: Client) -> None:
    remedies.propose(
        case, kind=RemedyKind.APOLOGY, description="Flowers", cost=Decimal(0),
        by=Actor.person(people.engineer), now=T0 + 14 * MIN,
    )  # fmt: skip


def as_nobody(case: Case, people: People, crm: Client) -> None:
    take_steps(case, [ACKNOWLEDGE], by=SYSTEM, now=T0 + 14 * MIN)


def as_the_customer(case: Case, people: People, crm: Client) -> None:
    take_steps(case, [ACKNOWLEDGE], by=CUSTOMER, now=T0 + 14 * MIN)


def twice(case: Case, people: People, crm: Client) -> None:
    now = T0 + 14 * MIN
    take_steps(case, [RESTATE, CONFIRM, TELL], by=Actor.person(people.engineer), now=now)


GAMBLES: dict[str, Gamble] = {
    "a note": steps_of(steps.WriteNote(text="Called them, honestly")),
    "an assignment": assign,
    "a file": steps_of(steps.Attach(file=ContentFile(b"x", name="log.txt"))),
    "a message of the customer": steps_of(steps.ReceiveMessage(channel=PHONE, message="Hello?")),
    "a question to a department": steps_of(steps.HandOver(question="Why?", department="Lab")),
    "a promise": steps_of(steps.Commit(what="A call at nine", due_at=T0 + DAY)),
    "a promise kept": steps_of(
        steps.Commit(what="A call at nine", due_at=T0 + DAY),
        steps.KeepCommitment(commitment=1, proof="Called"),
    ),
    "a remedy": remedy,
    "an update before anybody has listened": steps_of(
        steps.UpdateProgress(channel=PHONE, message="We are at it")
    ),
    "a reply before anybody has listened": steps_of(steps.Reply(channel=PHONE, message="Hello")),
    "an automatic receipt": as_program(ACKNOWLEDGE),
    "an automatic reply": as_program(steps.Reply(channel=Channel.CHAT, message="Received!")),
    "the system itself": as_nobody,
    "the customer": as_the_customer,
    "a stage skipped": twice,
    "a pause": steps_of(
        steps.Pause(reason=PauseReason.CUSTOMER, evidence="x", promise=Promise.ACKNOWLEDGEMENT),
        by="supervisor",
    ),
    "a stranger's word": steps_of(ACKNOWLEDGE, by="stranger"),
    "an auditor's word": steps_of(ACKNOWLEDGE, by="auditor"),
}


@pytest.mark.parametrize("gamble", GAMBLES.values(), ids=GAMBLES.keys())
def test_item_9_nothing_but_a_human_contact_stops_the_acknowledgement(
    gamble: Gamble, people: People, by: Actor, customer: Any, crm: Client
) -> None:
    case = open_at(T0, by=by, customer=customer)
    try:
        gamble(case, people, crm)
    except Refused:
        case.refresh_from_db()
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert deadline.state is DeadlineState.RUNNING
    assert (deadline.due_at, deadline.proof) == (T0 + 15 * MIN, None)
    sweep(now=T0 + 16 * MIN)
    assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == T0 + 15 * MIN


RESPONSE_GAMBLES: dict[str, Sequence[Step]] = {
    "an update": (steps.UpdateProgress(channel=PHONE, message="Soon done"),),
    "a reply": (steps.Reply(channel=PHONE, message="We looked"),),
    "a promise": (steps.Commit(what="The cause by nine", due_at=T0 + DAY),),
    "a note": (steps.WriteNote(text="The cause is clear"),),
    "a question": (steps.HandOver(question="Why?", department="Lab"),),
    "the lab's answer": (
        steps.HandOver(question="Why?", department="Lab"),
        steps.AnswerHandOver(hand_over=1, answer="Alloy"),
    ),
}


@pytest.mark.parametrize("taken", RESPONSE_GAMBLES.values(), ids=RESPONSE_GAMBLES.keys())
def test_item_9_nothing_but_the_solution_told_stops_the_response(
    taken: Sequence[Step], by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, taken, by=by, now=t0 + HOUR)
    assert clock(case, Promise.RESPONSE).state is DeadlineState.RUNNING
    sweep(now=t0 + DAY + MIN)
    assert clock(case, Promise.RESPONSE).breached_at == t0 + DAY


def test_item_9_one_attempt_does_not_stop_the_follow_up(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    reply = steps.Reply(channel=PHONE, message="Is it dry?")
    take_steps(case, [ATTEMPT, ATTEMPT, ATTEMPT, reply], by=by, now=t0 + HOUR)
    assert clock(case, Promise.FOLLOW_UP).state is DeadlineState.RUNNING


def test_item_9_a_message_to_the_customer_does_not_keep_what_was_promised_them(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    promised = steps.Commit(what="A seal", due_at=t0 + DAY)
    take_steps(case, [promised, TELL, CARRY_OUT], by=by, now=t0 + HOUR)
    assert states(case)["commitment 1"] == "running"


def test_item_9_taking_an_escalation_un_breaches_nothing(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    taken = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    until = t0 + HOUR
    escalations.take(taken, by=boss, next_step="I call them", until=until, now=t0 + 17 * MIN)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.breached_at) == (DeadlineState.BREACHED, t0 + 15 * MIN)
    assert deadline.is_running


def test_item_9_a_breach_stays_when_the_case_ends(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    asked = steps.HandOver(question="Why?", department="Lab", due_at=t0 + HOUR)
    take_steps(case, [asked], by=by, now=t0 + 10 * MIN)
    take_steps(case, [CLOSE], by=by, now=t0 + 2 * HOUR)
    deadline = clock(case, Promise.HAND_OVER)
    assert (deadline.state, deadline.breached_at) == (DeadlineState.BREACHED, t0 + HOUR)
    assert (deadline.ended_as, deadline.ended_at, deadline.alarm_at) == (
        "void", t0 + 2 * HOUR, None,
    )  # fmt: skip
