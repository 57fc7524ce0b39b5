"""Rows of a list of cases: each under its earliest clock that is not paused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from accounts.models import User
from dashboards.selectors.paging import Part
from objections.clockface import Clock, face
from objections.models import Case, ContactRecord, Deadline, Escalation
from objections.selectors.next_steps import NextStep, next_steps

PAGE = 50
SHOWN = ("customer", "product", "contact", "handler", "team")
HOUR = timedelta(hours=1)

GROUPS = {
    "overdue": pgettext_lazy("group of cases", "Overdue"),
    "hour": pgettext_lazy("group of cases", "Within the hour"),
    "today": pgettext_lazy("group of cases", "Today"),
    "later": pgettext_lazy("group of cases", "Later"),
    "still": pgettext_lazy("group of cases", "No clock is running"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list, with all that the list says of it."""

    case: Case
    group: str
    step: NextStep | None
    clock: Clock | None
    emotions: tuple[int, ...]
    taken: Escalation | None

    @property
    def promise(self) -> str:
        return self.clock.promise if self.clock else ""


def _ticking() -> QuerySet[Deadline]:
    return Deadline.objects.running().filter(due_at__isnull=False, is_historical=False)


def leading(cases: QuerySet[Case]) -> QuerySet[Deadline]:
    """Return the earliest unpaused clock of each of these cases, the most urgent first.

    It walks the index of running clocks in the order in which they fall due, so that the
    first page of a hundred thousand cases costs no more than that of a hundred.
    """
    earlier = _ticking().filter(
        Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk")),
        case=OuterRef("case"),
    )
    return _ticking().filter(~Exists(earlier), case__in=cases).order_by("due_at", "pk")


def without_clock(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return the cases none of whose clocks runs; first those that will run again soonest."""
    paused = Deadline.objects.running().filter(case=OuterRef("pk"), resume_at__isnull=False)
    resumes = paused.order_by("resume_at").values("resume_at")[:1]
    return (
        cases.filter(~Exists(_ticking().filter(case=OuterRef("pk"))))
        .annotate(resumes=Subquery(resumes))
        .order_by("resumes", "-received_at", "pk")
    )


def page_of(cases: QuerySet[Case], number: int) -> Part[Case]:
    """Return a page of cases by their clocks; those without a running one come last."""
    start, wanted = (number - 1) * PAGE, PAGE + 1
    clocks = leading(cases).select_related("case", *(f"case__{name}" for name in SHOWN))
    found = [clock.case for clock in clocks[start : start + wanted]]
    if len(found) < wanted:
        passed = start + len(found) if found or not start else leading(cases).count()
        begin = max(start - passed, 0)
        rest = without_clock(cases).select_related(*SHOWN)
        found += rest[begin : begin + wanted - len(found)]
    return Part(found[:PAGE], number, len(found) > PAGE)


def group_of(clock: Deadline | None, now: datetime) -> str:
    """Return the heading that a case stands under."""
    if clock is None or clock.due_at is None:
        return "still"
    if clock.due_at < now:
        return "overdue"
    if clock.due_at <= now + HOUR:
        return "hour"
    same_day = timezone.localtime(clock.due_at).date() == timezone.localtime(now).date()
    return "today" if same_day else "later"


def group_sizes(cases: QuerySet[Case], now: datetime) -> dict[str, int]:
    """Count the cases under each heading, over all pages."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    hour = now + HOUR
    late, soon = Q(due_at__lt=now), Q(due_at__gte=now, due_at__lte=hour)
    sizes: dict[str, int] = leading(cases).aggregate(
        overdue=Count("pk", filter=late),
        hour=Count("pk", filter=soon),
        today=Count("pk", filter=Q(due_at__gt=hour, due_at__lt=tomorrow)),
        later=Count("pk", filter=Q(due_at__gt=hour, due_at__gte=tomorrow)),
    )
    sizes["still"] = without_clock(cases).count()
    return sizes


def build(cases: Sequence[Case], user: User, now: datetime) -> list[Row]:
    """Return the rows of these cases, in a fixed number of queries."""
    steps = next_steps(cases, user, now)
    felt = emotions(cases)
    taken = _taken(cases)
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
    group = group_of(deadline, now)
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
