"""The steps that carry a case through its stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from accounts.models import User
from objections.steps.base import Contacted, OptionOffered, Promised, QuestionAnswered, Step, Told
from objections.vocabulary import (
    Action,
    AttemptResult,
    CauseCategory,
    Channel,
    Emotion,
    Kind,
    Origin,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(Told):
    action: ClassVar[Action] = Action.ACKNOWLEDGE
    summary: str
    next_step: str = ""
    next_by: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restate(Step):
    action: ClassVar[Action] = Action.RESTATE
    restatement: str
    interest: str
    position: str = ""
    origin: Origin | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Contacted):
    action: ClassVar[Action] = Action.CORRECT
    correction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(Step):
    """The customer agreed to our restatement; or, with a reason, nobody asked them."""

    action: ClassVar[Action] = Action.CONFIRM
    channel: Channel | None = None
    with_whom: str = ""
    emotion: Emotion | None = None
    contacted_by: User | None = None
    reply: str = ""
    skip_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicateSolution(Told):
    action: ClassVar[Action] = Action.COMMUNICATE_SOLUTION
    message: str
    cause: str = ""
    cause_unknown_reason: str = ""
    cause_category: CauseCategory | None = None
    options: tuple[OptionOffered, ...] = ()
    chosen: int | None = None
    answers: tuple[QuestionAnswered, ...] = ()
    commitments: tuple[Promised, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Contacted):
    action: ClassVar[Action] = Action.CHOOSE
    option: int
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectSolution(Contacted):
    action: ClassVar[Action] = Action.REJECT_SOLUTION
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseDemand(Told):
    """We cannot do what they ask: the reason, the rule it rests on, and what we can do instead.

    A ``message`` that is left out says these four in the customer's language.
    """

    action: ClassVar[Action] = Action.REFUSE_DEMAND
    demand: str
    reason: str
    rule: str
    alternative: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOut(Step):
    action: ClassVar[Action] = Action.CARRY_OUT
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAttempt(Step):
    action: ClassVar[Action] = Action.RECORD_ATTEMPT
    channel: Channel
    result: AttemptResult
    with_whom: str = ""
    words: str = ""
    contacted_by: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveVerdict(Step):
    """The customer says that it is solved, while something else still has to be done."""

    action: ClassVar[Action] = Action.GIVE_VERDICT
    score: int | None = None
    words: str = ""
    channel: Channel | None = None
    with_whom: str = ""
    emotion: Emotion | None = None
    contacted_by: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSatisfied(Step):
    action: ClassVar[Action] = Action.CLOSE_SATISFIED
    score: int | None = None
    words: str = ""
    cause_category: CauseCategory | None = None
    lesson: str = ""
    nothing_new: bool = False
    channel: Channel | None = None
    with_whom: str = ""
    emotion: Emotion | None = None
    contacted_by: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUnreachable(Step):
    action: ClassVar[Action] = Action.CLOSE_UNREACHABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSatisfied(Step):
    action: ClassVar[Action] = Action.NOT_SATISFIED
    still_open: str
    score: int | None = None
    channel: Channel | None = None
    with_whom: str = ""
    emotion: Emotion | None = None
    contacted_by: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObjection(Step):
    """The customer raised something else: it becomes a case of its own, linked to this one."""

    action: ClassVar[Action] = Action.NEW_OBJECTION
    statement: str
    channel: Channel
    kind: Kind = Kind.OBJECTION
    urgency: Urgency = Urgency.NORMAL
    questions: tuple[str, ...] = ()
    emotion: Emotion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Step):
    action: ClassVar[Action] = Action.REOPEN
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseThanked(Step):
    action: ClassVar[Action] = Action.CLOSE_THANKED
