"""The steps that say what a case is: whose, of which kind, part of what, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from accounts.models import Team, User
from objections.steps.base import Step
from objections.vocabulary import Action, Kind, Urgency


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
class LinkRecurrence(Step):
    """The same trouble again: ``of`` is the reference of the case in which it was seen first."""

    action: ClassVar[Action] = Action.LINK_RECURRENCE
    of: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkRecurrence(Step):
    """It is another trouble after all."""

    action: ClassVar[Action] = Action.UNLINK_RECURRENCE
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Step):
    """Give the case to somebody; a team without a person puts it into the team's queue."""

    action: ClassVar[Action] = Action.ASSIGN
    handler: User | None = None
    team: Team | None = None
