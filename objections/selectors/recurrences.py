"""A trouble that came up again, as the page of one of its cases shows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from objections.models import Case
from objections.permissions import READ_ALL_ROLES, visible_to
from objections.recurrences import belongs_to, first_of
from objections.vocabulary import Sensitivity

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The other cases of a case's trouble, as far as they exist for the reader.

    ``first`` is the one in which it was seen first: None where this case is that one, or
    where the reader may not know it. ``cases`` are the newest of the others, ``known`` says
    how many there are, and ``hidden`` how many exist that the reader may not see.
    """

    first: Case | None
    cases: list[Case]
    known: int
    hidden: int
    customers: int


def named_to(user: User) -> QuerySet[Case]:
    """Return the cases that may be spoken of in passing.

    Those who may read everything read a restricted case on its own page, where that leaves
    a trace.
    """
    cases = visible_to(user)
    if user.role in READ_ALL_ROLES:
        return cases.filter(sensitivity=Sensitivity.NORMAL)
    return cases


def of(case: Case, user: User) -> Recurrence | None:
    """Return what a case's trouble has come to; None where it is linked with nothing.

    Two short queries where it is not, five where it is.
    """
    first = first_of(case)
    group = Case.objects.filter(belongs_to(first))
    linked = case.recurrence_of_id is not None
    if not linked and not group.exclude(pk__in=[first.pk, case.pk]).exists():
        return None
    known = named_to(user).filter(belongs_to(first)).exclude(pk=case.pk)
    found = list(known.select_related("customer").order_by("-received_at", "-pk"))
    hidden = group.exclude(pk=case.pk).count() - len(found)
    customers = {one.customer_id for one in (*found, case) if one.customer_id is not None}
    shown = next((one for one in found if one.pk == first.pk), None)
    rest = [one for one in found if one.pk != first.pk]
    return Recurrence(shown, rest[:SHOWN], len(found), hidden, len(customers))
