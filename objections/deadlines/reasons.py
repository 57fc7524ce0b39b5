"""What made a deadline move, and what its calendar left out: read from the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from objections.models import Case, CaseEvent, Deadline
from objections.vocabulary import EventKind, RecomputeCause, Unit
from timekeeping import calendars, editions
from timekeeping.calendars import WorkingHours
from timekeeping.models import Edition

ONE_DAY = timedelta(days=1)
LONGEST_LOOK = 400
"""How many days are looked at for weekends and make-up days between start and due."""


@dataclass(frozen=True, slots=True)
class Change:
    """One time that a clock was computed anew. ``was`` and ``due_at`` are empty while paused.

    ``by_change`` says that the change itself made it overdue.
    """

    event: CaseEvent
    cause: RecomputeCause
    was: datetime | None
    due_at: datetime | None
    started_at: datetime
    by_change: bool

    @property
    def at(self) -> datetime:
        return self.event.recorded_at

    @property
    def by(self) -> str:
        """Who made the change; empty where the system followed it."""
        return str(self.event.user or self.event.client or "")


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days in a row that were not worked, by the name that the calendar gives them."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class Counting:
    """The calendar that a clock ran by, and what that left out between start and due.

    ``made_up`` are days that are worked though their weekday is not. ``awaited`` is the
    year whose calendar is not published yet; None where the due moment is final.
    """

    name: str
    version: int
    nights: bool
    weekends: bool
    days_off: tuple[DaysOff, ...]
    made_up: tuple[date, ...]
    awaited: int | None


def changes(events: Iterable[CaseEvent]) -> tuple[Change, ...]:
    """Return each time that a clock was computed anew, the first in front."""
    found = [one for one in events if one.kind == EventKind.DEADLINE_RECOMPUTED]
    return tuple(
        Change(
            event=one,
            cause=RecomputeCause(one.data["cause"]),
            was=instant(one.data.get("was")),
            due_at=instant(one.data.get("due_at")),
            started_at=datetime.fromisoformat(one.data["started_at"]),
            by_change=bool(one.data.get("overdue")),
        )
        for one in sorted(found, key=lambda one: one.pk)
    )


def instant(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None


def unmerged_at(events: Iterable[CaseEvent]) -> datetime | None:
    """Return when a clock that had ended with a merge last ran again; None if it never did."""
    ended_as, found = "", None
    for one in sorted(events, key=lambda one: one.pk):
        if one.kind in (EventKind.DEADLINE_MERGED, EventKind.DEADLINE_VOIDED):
            ended_as = one.kind
        elif one.kind == EventKind.DEADLINE_REVIVED and ended_as == EventKind.DEADLINE_MERGED:
            found = one.recorded_at
    return found


def brought_by(case: Case, deadline: Deadline, moved: Sequence[Change]) -> str:
    """Return the number of the merged case from which a clock has its start; mostly none."""
    for change in reversed(moved):
        if change.cause is RecomputeCause.MERGE and change.started_at == deadline.started_at:
            absorbed = case.events.filter(kind=EventKind.ABSORBED, pk__lt=change.event.pk)
            newest = absorbed.order_by("-pk").first()
            return str(newest.data.get("reference", "")) if newest is not None else ""
    return ""


def counting(deadline: Deadline, due_at: datetime) -> Counting | None:
    """Return how the calendar of a clock counted from its start to ``due_at``."""
    edition = deadline.calendar
    if edition is None or deadline.unit == Unit.ELAPSED:
        return None
    hours, start = editions.hours(edition), deadline.started_at
    days = list(_days(hours, start, due_at))
    return Counting(
        name=edition.calendar.name,
        version=edition.version,
        nights=deadline.unit == Unit.WORKING and len(days) > 1,
        weekends=any(not hours.weekly[day.weekday()] and day not in hours.days for day in days),
        days_off=tuple(_in_a_row(calendars.days_skipped(hours, start, due_at))),
        made_up=tuple(day for day in days if hours.days.get(day) and not _worked(hours, day)),
        awaited=_awaited(deadline, edition, hours, due_at),
    )


def _worked(hours: WorkingHours, day: date) -> bool:
    return bool(hours.weekly[day.weekday()])


def _days(hours: WorkingHours, start: datetime, end: datetime) -> Iterator[date]:
    day, last = start.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
    for _number in range(LONGEST_LOOK):
        if day > last:
            return
        yield day
        day += ONE_DAY


def _in_a_row(days: Iterable[tuple[date, str]]) -> Iterator[DaysOff]:
    """Join days of the same name; a weekend between two of them is a part of the holiday."""
    current: DaysOff | None = None
    for day, name in days:
        if current is not None and name == current.name and day - current.last <= 3 * ONE_DAY:
            current = DaysOff(current.first, day, name)
            continue
        if current is not None:
            yield current
        current = DaysOff(day, day, name)
    if current is not None:
        yield current


def _awaited(
    deadline: Deadline, edition: Edition, hours: WorkingHours, due_at: datetime
) -> int | None:
    if not deadline.is_provisional or not deadline.is_running:
        return None
    first = deadline.started_at.astimezone(hours.zone).year
    last = due_at.astimezone(hours.zone).year
    missing = (year for year in range(first, last + 1) if year not in hours.years)
    return next(missing, last)
