"""Thinking about a case once its customer has had the solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from followups.models import Reflection
from objections import permissions
from objections.actors import Actor
from objections.errors import FieldInvalid, NotPermitted, Refused
from objections.locking import lock
from objections.models import Case
from objections.services.changing import describe
from objections.vocabulary import Action, Stage

STAGES = {Stage.FOLLOW_UP, Stage.CLOSED}
"""A case can be thought about once its solution has been carried out."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The three answers; at least one of them says something."""

    went_well: str = ""
    can_be_better: str = ""
    should_learn: str = ""


class TooEarly(Refused):
    """Raised when the solution has not been carried out yet."""

    @property
    def sentence(self) -> str:
        return _("Look back once the solution has been carried out.")


class ReflectionChanged(Refused):
    """Raised when somebody else has written since. ``now`` is what stands there."""

    def __init__(self, now: Reflection) -> None:
        super().__init__(now)
        self.now = now

    @property
    def sentence(self) -> str:
        return _("{name} has written here since. Both texts are shown; nothing is lost.").format(
            name=self.now.written_by
        )


def may_reflect(user: User, case: Case) -> bool:
    """Tell whether this person belongs to those who carry the case: they write and read it."""
    return permissions.may(user, Action.NOTE, case)


@transaction.atomic
def reflect(
    case: Case,
    answers: Answers,
    *,
    by: Actor,
    now: datetime,
    expected_version: int,
    facts: Mapping[str, str] | None = None,
) -> Reflection:
    """Write down what we think of a case, and with it the lesson or cause it still lacked.

    ``expected_version`` is the version that was read; it plays no part where nobody has
    written yet. ``facts`` are ``lesson`` and
    ``cause_category`` of the case itself, which everybody may read. Refuses an empty
    reflection, a case whose solution has not been carried out, a stranger, and a text
    written over somebody else's (ReflectionChanged).
    """
    given = [answers.went_well, answers.can_be_better, answers.should_learn]
    if not any(answer.strip() for answer in given):
        raise FieldInvalid("went_well", "empty")
    locked = lock(case)
    if by.user is None or not may_reflect(by.user, locked):
        raise NotPermitted(Action.NOTE)
    if locked.stage not in STAGES:
        raise TooEarly
    standing = Reflection.objects.filter(case=locked).select_related("written_by").first()
    if standing is not None and standing.version != expected_version:
        raise ReflectionChanged(standing)
    written, _made = Reflection.objects.update_or_create(
        case=locked,
        defaults={
            "went_well": answers.went_well.strip(),
            "can_be_better": answers.can_be_better.strip(),
            "should_learn": answers.should_learn.strip(),
            "version": standing.version + 1 if standing else 1,
            "written_at": now, "written_by": by.user,
        },
    )  # fmt: skip
    if facts:
        describe(locked, facts, by=by, now=now)
    return written
