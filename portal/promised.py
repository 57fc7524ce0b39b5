"""What we promised, by when, and whether we kept it: in the customer's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.models import Case, Commitment, Deadline
from objections.vocabulary import Promise
from timekeeping.wording import moment

MOST_KEPT = 3
"""Kept promises shown beside those that still stand: the newest. Ours."""

PUBLIC: dict[str, str | Lazy] = {
    Promise.ACKNOWLEDGEMENT: gettext_lazy("Get back to you by {when}"),
    Promise.RESPONSE: gettext_lazy("Tell you the cause and what we can do by {when}"),
    Promise.PROGRESS_UPDATE: gettext_lazy("A message on how things stand by {when}"),
    Promise.FOLLOW_UP: gettext_lazy("Ask you by {when} whether it is really solved"),
    Promise.CUSTOMER_MESSAGE: gettext_lazy("Answer what you wrote by {when}"),
}
"""The clocks that a customer hears of. A hand-over among ourselves is none of them."""


class Mark(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Promised:
    words: str
    detail: str
    mark: Mark
    at: datetime


def promised(case: Case, now: datetime) -> list[Promised]:
    """Return what stands, next due first, and then what was kept last."""
    rows = case.deadlines.filter(promise__in=PUBLIC, is_historical=False, ended_at=None)
    found = [one for row in rows if (one := _clock(row, now)) is not None]
    found += [_commitment(row, now) for row in case.commitments.filter(voided_at=None)]
    found.sort(key=lambda one: one.at)
    standing = [one for one in found if one.mark is not Mark.KEPT]
    kept = [one for one in found if one.mark is Mark.KEPT]
    return [*standing, *kept[-MOST_KEPT:]]


def _clock(row: Deadline, now: datetime) -> Promised | None:
    due_at = row.due_at
    settled = row.kept_at or row.answered_late_at
    if due_at is None:
        return None
    words = str(PUBLIC[row.promise]).format(when=moment(due_at, now, day=False))
    more = ""
    if row.promise == Promise.PROGRESS_UPDATE:
        more = _("Coming, even if little has changed")
    return _line(words, due_at, settled, now, more)


def _commitment(row: Commitment, now: datetime) -> Promised:
    when = moment(row.due_at, now, day=False)
    words = _("{what} · by {when}").format(what=row.what, when=when)
    return _line(words, row.due_at, row.kept_at, now)


def _line(
    words: str, due_at: datetime, settled: datetime | None, now: datetime, more: str = ""
) -> Promised:
    if settled is not None:
        done = moment(settled, now, day=False)
        kept = _("Kept: {moment}") if settled <= due_at else _("Done late, {moment}. We are sorry.")
        return Promised(words, kept.format(moment=done), Mark.KEPT, settled)
    if due_at < now:
        return Promised(words, _("We are late with this, and we are sorry."), Mark.LATE, due_at)
    return Promised(words, more, Mark.OPEN, due_at)
