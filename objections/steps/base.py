"""What all steps share, and the values that they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from accounts.models import User
from objections.vocabulary import Action, Channel, Emotion


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
