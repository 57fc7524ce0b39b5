"""Cases in the order in which something falls due, a page at a time.

The deadlines are walked along their own index, so that a page costs the same however
many cases there are. Cases for which nothing is due follow at the end.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from objections.api.filters import NEXT_DUE
from objections.api.pages import Order, Page, cursor_at, read_cursor
from objections.models import Case, Deadline

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
ORDER = Order(NEXT_DUE, "due_at")

Place = tuple[datetime, int]
"""When the first thing of a case falls due, and its key."""


def page_by_due(
    cases: QuerySet[Case], shown: QuerySet[Case], *, cursor: str | None, size: int
) -> Page[Case]:
    """Return the page behind the cursor; ``shown`` brings along what is shown of a case."""
    after = read_cursor(cursor, ORDER) if cursor is not None else None
    places = _due(cases, after, size + 1)
    if len(places) <= size:
        places += _not_due(cases, after, size + 1 - len(places))
    found = {case.pk: case for case in shown.filter(pk__in=[key for _at, key in places[:size]])}
    rows = [found[key] for _at, key in places[:size] if key in found]
    more = len(places) > size
    return Page(rows, cursor_at(ORDER, *places[size - 1]) if more else None)


def _waited() -> QuerySet[Deadline]:
    return Deadline.objects.running().filter(is_historical=False, due_at__isnull=False)


def _due(cases: QuerySet[Case], after: Place | None, most: int) -> list[Place]:
    """Return the cases behind a place for which something is due, by its first moment."""
    sooner = Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk"))
    first = _waited().filter(~Exists(_waited().filter(sooner, case=OuterRef("case"))))
    heads = first.filter(case__in=cases.order_by().values("pk")).order_by("due_at", "case")
    if after is not None:
        moment, key = after
        heads = heads.filter(Q(due_at__gt=moment) | Q(case__gt=key), due_at__gte=moment)
    return [(at, key) for at, key in heads.values_list("due_at", "case")[:most] if at is not None]


def _not_due(cases: QuerySet[Case], after: Place | None, most: int) -> list[Place]:
    """Return the cases behind a place for which nothing is due, by their keys."""
    rest = cases.filter(~Exists(_waited().filter(case=OuterRef("pk")))).order_by("pk")
    if after is not None and after[0] == NEVER:
        rest = rest.filter(pk__gt=after[1])
    return [(NEVER, key) for key in rest.values_list("pk", flat=True)[:most]]
