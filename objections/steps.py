"""What a person or a program hands in with each step, as frozen, typed values.

Forms and the API are made from these classes. ``at`` is when it happened, in any time
zone; left out, it is now. How a value is checked against the case is said in ``demands``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from django.core.files.base import File

from accounts.models import Team, User
from objections.vocabulary import (
    Action,
    AttemptResult,
    CauseCategory,
    Channel,
    Emotion,
    Kind,
    Origin,
    PauseReason,
    Promise,
    Urgency,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The base of all steps."""

    action: ClassVar[Action]
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacted(Step):
    """A step whose proof is a contact with the customer.

    ``contacted_by`` is our person, named by a program that brings the news. ``to`` is
    the address of an e-mail that we send; left out, it is the contact's own.
    """

    channel: Channel
    with_whom: str = ""
    emotion: Emotion | None = None
    contacted_by: User | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Contacted):
    """A contact in which we told the customer something. By e-mail it is really sent."""

    to: str = ""


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
class OptionOffered:
    title: str
    benefit: str = ""
    drawback: str = ""
    duration: timedelta | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    """An answer to question ``question``; or a reason, and by when there will be one."""

    question: int
    answer: str = ""
    reason: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    what: str
    due_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(Step):
    action: ClassVar[Action] = Action.WITHDRAW
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Step):
    """This case is part of another one, which stays: ``into`` is that one's reference."""

    action: ClassVar[Action] = Action.MERGE
    into: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge(Step):
    """The merge was a mistake: the case stands on its own again, where it stood before."""

    action: ClassVar[Action] = Action.UNMERGE
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassify(Step):
    """Another kind or urgency than was thought at first. What is left out stays as it is."""

    action: ClassVar[Action] = Action.RECLASSIFY
    kind: Kind | None = None
    urgency: Urgency | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Step):
    """Stop a clock for a listed reason, until ``resume_at`` or as long as is allowed."""

    action: ClassVar[Action] = Action.PAUSE
    reason: PauseReason
    evidence: str
    promise: Promise = Promise.RESPONSE
    resume_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Step):
    action: ClassVar[Action] = Action.RESUME
    promise: Promise = Promise.RESPONSE


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProgress(Told):
    action: ClassVar[Action] = Action.UPDATE_PROGRESS
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveMessage(Contacted):
    action: ClassVar[Action] = Action.RECEIVE_MESSAGE
    message: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Told):
    """An answer of a person to all that the customer has written and nobody answered yet."""

    action: ClassVar[Action] = Action.REPLY
    message: str
    answers: tuple[QuestionAnswered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit(Step):
    action: ClassVar[Action] = Action.COMMIT
    what: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepCommitment(Step):
    action: ClassVar[Action] = Action.KEEP_COMMITMENT
    commitment: int
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReagreeCommitment(Told):
    action: ClassVar[Action] = Action.REAGREE_COMMITMENT
    commitment: int
    due_at: datetime
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Step):
    """Ask a department or a person of ours; left out, ``due_at`` follows the policy."""

    action: ClassVar[Action] = Action.HAND_OVER
    question: str
    department: str = ""
    to_user: User | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHandOver(Step):
    action: ClassVar[Action] = Action.ANSWER_HAND_OVER
    hand_over: int
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Step):
    """Give the case to somebody; a team without a person puts it into the team's queue."""

    action: ClassVar[Action] = Action.ASSIGN
    handler: User | None = None
    team: Team | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteNote(Step):
    action: ClassVar[Action] = Action.NOTE
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Step):
    action: ClassVar[Action] = Action.ATTACH
    file: File[bytes]
    caption: str = ""


STEP_CLASSES: dict[Action, type[Step]] = {
    cls.action: cls
    for cls in (
        Acknowledge, Restate, Correct, Confirm, CommunicateSolution, Choose, RejectSolution,
        CarryOut, RecordAttempt, CloseSatisfied, CloseUnreachable, NotSatisfied, NewObjection,
        Reopen, CloseThanked, Withdraw, Merge, Unmerge, Reclassify, Pause, Resume,
        UpdateProgress, ReceiveMessage, Reply, Commit, KeepCommitment, ReagreeCommitment,
        HandOver, AnswerHandOver, Assign, WriteNote, Attach,
    )
}  # fmt: skip
