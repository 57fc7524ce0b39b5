"""The beginnings of replies: which fit a case and what is written to it, and how they read.

The variables stand in ``knowledge.variables``; VARIABLES is theirs, for whoever lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Language, User
from knowledge import facts, languages
from knowledge.models import ReplyTemplate
from knowledge.variables import GAP, VARIABLES, faults, fill, gaps, samples
from objections.forms.beginnings import Beginning
from objections.models import Case
from objections.vocabulary import Action, Kind, Stage

__all__ = ["GAP", "TARGETS", "VARIABLES", "Filled", "begin", "faults", "fill", "fitting", "gaps"]

TARGETS: dict[str, str] = {
    Action.ACKNOWLEDGE: "summary",
    Action.UPDATE_PROGRESS: "message",
    Action.COMMUNICATE_SOLUTION: "message",
    Action.REPLY: "message",
    Action.REAGREE_COMMITMENT: "message",
}
"""The steps that are written to a customer, and which field of theirs a template begins."""
BESIDE = {Action.UPDATE_PROGRESS, Action.REPLY, Action.REAGREE_COMMITMENT}
"""Those of them that go beside the work of any stage."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template as it reads with the values of a case, or with sample values."""

    template: ReplyTemplate
    text: str

    @property
    def language(self) -> str:
        return str(Language(self.template.language).label)

    @property
    def stage(self) -> str:
        return str(Stage(self.template.stage).label) if self.template.stage else ""

    @property
    def kind(self) -> str:
        return str(Kind(self.template.kind).label) if self.template.kind else ""

    @property
    def gaps(self) -> list[str]:
        return gaps(self.text)


def in_use() -> QuerySet[ReplyTemplate]:
    return ReplyTemplate.objects.filter(retired_at=None)


def fitting(
    case: Case, user: User, language: str, *, now: datetime, action: str = ""
) -> list[Filled]:
    """Return the templates that fit a case, filled, the best first.

    They fit its stage and its kind. The customer's language comes first, then ``language``,
    the user's own; where neither has any, the nearest that has. Within a language those for
    just this kind and stage come before those for any; where ``action`` is one that may be
    taken in any stage, those for any stage come first.
    """
    fits = Q(stage__in=["", case.stage]) & Q(kind__in=["", case.kind])
    rows = list(in_use().filter(fits))
    wanted = _languages({row.language for row in rows}, case, language)
    known = facts.of(case, user, now=now)
    chosen = sorted((row for row in rows if row.language in wanted), key=_particular)
    if action in BESIDE:
        chosen.sort(key=lambda row: bool(row.stage))
    chosen.sort(key=lambda row: wanted.index(row.language))
    return fill_all(chosen, {one: known.values(one) for one in wanted})


def fill_all(
    rows: Iterable[ReplyTemplate], values: Mapping[str, Mapping[str, str]]
) -> list[Filled]:
    """Return templates filled, each with the values of its language."""
    return [Filled(row, fill(row.body, values[row.language], row.language)) for row in rows]


def begin(case: Case, user: User, action: Action, key: str, now: datetime) -> Beginning | None:
    """Return the template of this key, filled, for the field it begins; None where it cannot."""
    field = TARGETS.get(action)
    is_key = key.isascii() and key.isdigit() and len(key) < 19
    row = in_use().filter(pk=key).first() if field and is_key else None
    if field is None or row is None:
        return None
    values = facts.of(case, user, now=now).values(row.language)
    return Beginning(field, fill(row.body, values, row.language), key=str(row.pk))


def previewed(row: ReplyTemplate) -> Filled:
    """Return a template with sample values."""
    return Filled(row, fill(row.body, samples(row.language), row.language))


def _languages(there: set[str], case: Case, language: str) -> list[str]:
    asked = [case.customer.language if case.customer else "", language]
    wanted = [one for one in dict.fromkeys(asked) if one in there]
    nearest = languages.best(there, *asked)
    return wanted or ([nearest] if nearest else [])


def _particular(row: ReplyTemplate) -> tuple[bool, bool, str]:
    return (not row.kind, not row.stage, row.name)
