"""Giving several cases to one person, each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from objections.actors import Actor
from objections.errors import Refused
from objections.permissions import visible_to
from objections.services.stepping import take_step
from objections.steps import Assign


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many were given; for each of the others its reference and why not."""

    given: int
    refused: tuple[tuple[str, str], ...]


def assign(references: Sequence[str], to: User, *, by: User, now: datetime) -> Assigned:
    """Give these cases to one person.

    Each one is checked and saved for itself, so that one that is refused holds up none of
    the others. A case that does not exist for ``by`` is said to be unknown.
    """
    found = {case.reference: case for case in visible_to(by).filter(reference__in=references)}
    refused = []
    for reference in references:
        case = found.get(reference)
        if case is None:
            refused.append((reference, _("There is no such case.")))
            continue
        try:
            take_step(case, Assign(handler=to), by=Actor.person(by), now=now)
        except Refused as refusal:
            refused.append((reference, sentence(refusal)))
    return Assigned(len(references) - len(refused), tuple(refused))


def sentence(refusal: Refused) -> str:
    """Return why something was refused, with all that is missing."""
    missing = [demand.sentence for demand in getattr(refusal, "missing", ())]
    whole = getattr(refusal, "sentence", str(refusal))
    return " ".join([str(whole), *missing])
