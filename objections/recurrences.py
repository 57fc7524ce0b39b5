"""The same trouble again: which cases belong together.

All cases of one trouble hang on the first of them, never on each other. A case that was
merged keeps its links, for a merge can be undone; meanwhile whoever asks for the case that
it went into is led to the same group.
"""

from __future__ import annotations

from django.db.models import Q

from objections.models import Case
from objections.vocabulary import Sensitivity


def first_of(case: Case) -> Case:
    """Return the case in which the trouble of this one was seen first.

    The case itself, or the one that it was merged into, where none was linked yet.
    """
    top = case
    while top.merged_into is not None:
        top = top.merged_into
    return _linked(case) or _linked(top) or top


def _linked(case: Case) -> Case | None:
    """Return the first case of the group that this one, or one merged into it, belongs to."""
    if case.recurrence_of is not None:
        return case.recurrence_of
    if case.recurrences.exists():
        return case
    found = (_linked(part) for part in case.absorbed.order_by("pk"))
    return next((first for first in found if first is not None), None)


def belongs_to(first: Case) -> Q:
    """Return the condition of all cases of a trouble, the first among them."""
    return Q(pk=first.pk) | Q(recurrence_of=first.pk)


def customers_of(first: Case) -> set[int]:
    """Return which customers have this trouble, by the cases that anybody may know of."""
    known = Case.objects.filter(
        belongs_to(first), sensitivity=Sensitivity.NORMAL, customer__isnull=False
    )
    return set(known.values_list("customer_id", flat=True))
