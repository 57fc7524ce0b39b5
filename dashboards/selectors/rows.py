"""Rows of a list of cases, with all that the list says of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from dashboards.selectors import queues
from dashboards.selectors.paging import Part
from objections.clockface import Clock, face
from objections.models import Case, ContactRecord, Escalation
from objections.selectors.next_steps import NextStep, next_steps

PAGE = 50
MANY = 5000
"""Up to here a list is put in order and counted as a whole; above, page by page."""
SHOWN = ("customer", "product", "contact", "handler", "team")


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list. ``taken`` is the escalation that somebody has in hand."""

    case: Case
    group: str
    step: NextStep | None
    clock: Clock | None
    emotions: tuple[int, ...]
    taken: Escalation | None

    @property
    def promise(self) -> str:
        return self.clock.promise if self.clock else ""


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of a list by its keys, and how long its groups are over all pages if counted."""

    part: Part[int]
    sizes: dict[str, int] | None


def slice_of(cases: QuerySet[Case], number: int, now: datetime) -> Slice:
    """Return a page of any set of cases, in the order in which they fall due."""
    keys = list(cases.order_by().values_list("pk", flat=True)[: MANY + 1])
    if len(keys) <= MANY:
        return slice_of_queue(queues.queue_of(keys), number, now)
    return Slice(_walked(cases, number), None)


def slice_of_queue(queue: queues.Queue, number: int, now: datetime) -> Slice:
    start = (number - 1) * PAGE
    keys = queue.keys
    part = Part(keys[start : start + PAGE], number, len(keys) > start + PAGE)
    return Slice(part, queue.sizes(now))


def _walked(cases: QuerySet[Case], number: int) -> Part[int]:
    start, wanted = (number - 1) * PAGE, PAGE + 1
    clocks = queues.leading(cases).values_list("case", flat=True)
    found = list(clocks[start : start + wanted])
    if len(found) < wanted:
        passed = start + len(found) if found or not start else clocks.count()
        begin = max(start - passed, 0)
        rest = queues.without_clock(cases).values_list("pk", flat=True)
        found += rest[begin : begin + wanted - len(found)]
    return Part(found[:PAGE], number, len(found) > PAGE)


def fetch(keys: Sequence[int]) -> list[Case]:
    """Return these cases in this order, with what a row shows of them."""
    found = Case.objects.select_related(*SHOWN).in_bulk(keys)
    return [found[key] for key in keys if key in found]


def build(cases: Sequence[Case], user: User, now: datetime) -> list[Row]:
    """Return the rows of these cases, in a fixed number of queries."""
    steps = next_steps(cases, user, now)
    felt, taken = emotions(cases), _taken(cases)
    return [_row(case, steps.get(case.pk), felt[case.pk], taken, now) for case in cases]


def _row(
    case: Case,
    step: NextStep | None,
    felt: Sequence[int],
    taken: dict[int, Escalation],
    now: datetime,
) -> Row:
    deadline = step.deadline if step else None
    clock = face(deadline, now=now) if deadline else None
    group = queues.group_of(deadline.due_at if deadline else None, now)
    return Row(case, group, step, clock, tuple(felt), taken.get(deadline.pk) if deadline else None)


def emotions(cases: Iterable[Case]) -> defaultdict[int, list[int]]:
    """Return how the customer felt at each contact of each case, in the order of contacts."""
    felt: defaultdict[int, list[int]] = defaultdict(list)
    records = ContactRecord.objects.filter(
        case__in=[case.pk for case in cases], emotion__isnull=False
    )
    for case_id, level in records.order_by("occurred_at", "pk").values_list("case", "emotion"):
        felt[case_id].append(level or 0)
    for case in cases:
        if case.pk not in felt and case.emotion:
            felt[case.pk].append(case.emotion)
    return felt


def _taken(cases: Iterable[Case]) -> dict[int, Escalation]:
    """Return by its clock the escalation that somebody has taken."""
    rows = Escalation.objects.filter(
        case__in=[case.pk for case in cases],
        closed_at=None,
        taken_at__isnull=False,
        deadline__isnull=False,
    )
    return {row.deadline_id: row for row in rows.select_related("taken_by") if row.deadline_id}
