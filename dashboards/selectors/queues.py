"""The order in which cases fall due: each stands under its earliest clock that is not paused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from objections.models import Case, Deadline

HOUR = timedelta(hours=1)

GROUPS = {
    "overdue": pgettext_lazy("group of cases", "Overdue"),
    "hour": pgettext_lazy("group of cases", "Within the hour"),
    "today": pgettext_lazy("group of cases", "Today"),
    "later": pgettext_lazy("group of cases", "Later"),
    "still": pgettext_lazy("group of cases", "No clock is running"),
}


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases by their clocks: the due moment of each, and after them those without one."""

    due: Mapping[int, datetime] = field(default_factory=dict)
    still: tuple[int, ...] = ()

    @property
    def keys(self) -> list[int]:
        return [*self.due, *self.still]

    def overdue(self, now: datetime) -> int:
        return sum(1 for at in self.due.values() if at < now)

    def next_to_keep(self, now: datetime) -> int | None:
        """Return the case whose promise is the next that can still be kept."""
        return next((key for key, at in self.due.items() if at >= now), None)

    def sizes(self, now: datetime) -> dict[str, int]:
        """Count the cases under each heading."""
        counted = Counter(group_of(at, now) for at in self.due.values())
        return {**dict.fromkeys(GROUPS, 0), **counted, "still": len(self.still)}

    def only(self, keys: Collection[int]) -> Queue:
        """Return the same order, of these cases alone."""
        due = {key: at for key, at in self.due.items() if key in keys}
        return Queue(due, tuple(key for key in self.still if key in keys))


def group_of(due_at: datetime | None, now: datetime) -> str:
    """Return the heading that a case stands under. Today ends at the reader's midnight."""
    if due_at is None:
        return "still"
    if due_at < now:
        return "overdue"
    if due_at <= now + HOUR:
        return "hour"
    same_day = timezone.localtime(due_at).date() == timezone.localtime(now).date()
    return "today" if same_day else "later"


def ticking() -> QuerySet[Deadline]:
    """Return the clocks that run and are not paused."""
    return Deadline.objects.running().filter(due_at__isnull=False, is_historical=False)


def queue_of(keys: Collection[int]) -> Queue:
    """Return the order of some thousand cases at most, in two queries."""
    first = ticking().filter(case__in=keys).order_by("case", "due_at").distinct("case")
    found = sorted((at, key) for key, at in first.values_list("case", "due_at") if at)
    due = {key: at for at, key in found}
    rest = [key for key in keys if key not in due]
    return Queue(due, tuple(_by_resuming(rest)))


def _by_resuming(keys: Collection[int]) -> list[int]:
    """Return paused cases in the order in which they run on, then the others, newest first."""
    if not keys:
        return []
    paused = Deadline.objects.running().filter(case__in=keys, resume_at__isnull=False)
    resumes = dict(paused.order_by().values_list("case").annotate(Min("resume_at")))
    never = datetime.max.replace(tzinfo=timezone.get_default_timezone())
    return sorted(keys, key=lambda key: (resumes.get(key, never), -key))


def leading(cases: QuerySet[Case]) -> QuerySet[Deadline]:
    """Return the earliest unpaused clock of each of these cases, the most urgent first.

    It walks the index of running clocks in the order in which they fall due, so that the
    first page of a hundred thousand cases costs no more than that of a hundred.
    """
    earlier = ticking().filter(
        Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk")),
        case=OuterRef("case"),
    )
    return ticking().filter(~Exists(earlier), case__in=cases).order_by("due_at", "pk")


def without_clock(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return the cases none of whose clocks runs, the newest first."""
    running = ticking().filter(case=OuterRef("pk"))
    return cases.filter(~Exists(running)).order_by("-received_at", "-pk")
