"""Ready-made walks through the real services, for tests that begin in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.openings import Opening
from objections.services.cases import open_case
from objections.services.stepping import take_steps
from objections.vocabulary import (
    AttemptResult,
    CauseCategory,
    Channel,
    Emotion,
    Kind,
    Stage,
)

MIN = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ACKNOWLEDGE = steps.Acknowledge(
    channel=Channel.PHONE, with_whom="Zhou Min", summary="Thank you. The seal leaks again.",
    emotion=Emotion.ANGRY,
)  # fmt: skip
RESTATE = steps.Restate(restatement="The new seal leaks after 3 weeks.", interest="No stop.")
CONFIRM = steps.Confirm(channel=Channel.PHONE, with_whom="Zhou Min", reply="Yes, exactly.")
TELL = steps.CommunicateSolution(
    channel=Channel.PHONE, with_whom="Zhou Min", message="The filter broke. Two ways out.",
    cause="Filter element broke", cause_category=CauseCategory.MATERIAL,
    options=(steps.OptionOffered(title="Replace tonight"), steps.OptionOffered(title="Refund")),
    chosen=1,
)  # fmt: skip
CARRY_OUT = steps.CarryOut(proof="Zhou Min saw the pump run dry-free at 23:00")
CLOSE = steps.CloseSatisfied(
    score=5, words="Good.", cause_category=CauseCategory.MATERIAL, nothing_new=True
)
NOT_SATISFIED = steps.NotSatisfied(still_open="It drips again.")
ATTEMPT = steps.RecordAttempt(channel=Channel.PHONE, result=AttemptResult.NO_ANSWER)

TO_STAGE: dict[Stage, Sequence[steps.Step]] = {
    Stage.LISTEN: (),
    Stage.CONFIRM: (ACKNOWLEDGE,),
    Stage.RESPOND: (ACKNOWLEDGE, RESTATE, CONFIRM),
    Stage.FOLLOW_UP: (ACKNOWLEDGE, RESTATE, CONFIRM, TELL, CARRY_OUT),
    Stage.CLOSED: (ACKNOWLEDGE, RESTATE, CONFIRM, TELL, CARRY_OUT, CLOSE),
    Stage.WITHDRAWN: (steps.Withdraw(reason="A mistake"),),
}


def opening(customer: Any, **more: Any) -> Opening:
    given: dict[str, Any] = {
        "statement": "The seal that you fitted leaks again. Line 2 stands still!",
        "customer": customer,
        "channel": Channel.PHONE,
        "kind": Kind.COMPLAINT,
    }
    return Opening(**(given | more))


def open_at(t: datetime, *, by: Actor, customer: Any, **more: Any) -> Case:
    return open_case(opening(customer, **more), by=by, now=t)


def walk_to(
    stage: Stage, t: datetime, *, by: Actor, customer: Any, gap: timedelta = MIN, **more: Any
) -> Case:
    """Open a case at ``t`` and bring it to a stage, one step each ``gap``."""
    case = open_at(t, by=by, customer=customer, **more)
    for number, step in enumerate(TO_STAGE[stage], 1):
        take_steps(case, [step], by=by, now=t + gap * number)
    return case
