"""What a timeline says of other cases, which may not exist for everybody who reads it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from objections.models import Case, CaseEvent
from objections.vocabulary import EventKind

NAMING = {
    EventKind.MERGED, EventKind.ABSORBED, EventKind.UNMERGED, EventKind.RELEASED,
    EventKind.NEW_OBJECTION_LOGGED, EventKind.RECURRENCE_LINKED, EventKind.RECURRENCE_UNLINKED,
}  # fmt: skip
"""Events that name another case, with words that speak of it."""


def hidden(events: Iterable[CaseEvent], seen: QuerySet[Case]) -> set[int]:
    """Return the keys of those events that speak of a case outside ``seen``."""
    naming = {event.pk: event.data.get("reference") for event in events if event.kind in NAMING}
    if not naming:
        return set()
    found = seen.filter(reference__in=set(naming.values())).values_list("reference", flat=True)
    known = set(found)
    return {key for key, reference in naming.items() if reference not in known}
