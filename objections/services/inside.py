"""Writing beside the steps: what we work out among ourselves while a case is open."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from objections import permissions
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.errors import CaseEnded, NotPermitted
from objections.lifecycle import allowed
from objections.locking import lock
from objections.models import Case
from objections.vocabulary import Action, Stage


def begin(case: Case, verb: Action | str, *, by: Actor, now: datetime) -> tuple[Case, User]:
    """Return the open case, locked until the transaction ends, and our person who writes.

    What fell due by ``now`` rings first. Refuses with CaseEnded, and with NotPermitted
    whoever may not do ``verb``; no program and no customer may.
    """
    locked = lock(case)
    sweeping.ring_case(locked, now=now)
    if not locked.is_open:
        raise CaseEnded(locked, allowed(Stage(locked.stage)))
    if by.user is None or not permissions.may(by.user, verb, locked):
        raise NotPermitted(verb)
    return locked, by.user


def changed(case: Case, *, now: datetime) -> None:
    """Let everybody who has the case open see that it changed."""
    case.version += 1
    case.updated_at = max(now, case.updated_at)
    case.save(update_fields=["version", "updated_at"])
