"""The steps that any open case allows beside its stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.core.files.base import File

from accounts.models import User
from objections.steps.base import Contacted, QuestionAnswered, Step, Told
from objections.vocabulary import Action, LinkMedium, PauseReason, Promise


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
class WriteNote(Step):
    action: ClassVar[Action] = Action.NOTE
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Step):
    action: ClassVar[Action] = Action.ATTACH
    file: File[bytes]
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protest(Contacted):
    """The customer says that they are not satisfied with how it goes. It escalates at once."""

    action: ClassVar[Action] = Action.PROTEST
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Step):
    """Send the customer a link to a page of their own.

    ``to`` is an e-mail address, ``phone`` a number for a text message; left out, they are
    the contact's own. ``words`` stand above the link.
    """

    action: ClassVar[Action] = Action.INVITE
    medium: LinkMedium
    to: str = ""
    phone: str = ""
    words: str = ""
