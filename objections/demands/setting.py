from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from objections import permissions
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import ActorKind


@dataclass(frozen=True, slots=True)
class Setting:
    """What a demand may look at: the locked case, who acts, and what time it is."""

    case: Case
    by: Actor
    now: datetime

    def supervises(self, verb: str) -> bool:
        """True for one of us who stands above the case; a program cannot lend their name."""
        user = self.by.user
        if self.by.kind is not ActorKind.USER or user is None:
            return False
        return permissions.may(user, verb, self.case)
