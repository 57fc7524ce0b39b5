"""A year of a calendar as people look at it: twelve months, each day with what it is."""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from timekeeping.calendars import Window, WorkingHours
from timekeeping.models import Calendar, CalendarDay

MONTHS_OF_A_YEAR = range(1, 13)


class Kind(TextChoices):
    """What a day is, in the order in which the legend tells it."""

    WORKING = "working", pgettext_lazy("kind of day", "working day")
    OFF = "off", _("day off")
    HOLIDAY = "holiday", _("public holiday")
    HALF = "half", _("half day")
    MAKE_UP = "make-up", _("make-up working day")
    ONE_OFF = "one-off", _("one-off")


MARKS = {Kind.HOLIDAY: "×", Kind.HALF: "½", Kind.MAKE_UP: "+", Kind.ONE_OFF: "!"}


@dataclass(frozen=True)
class Day:
    """A day of the year, with the address where its hours are edited."""

    on: date
    kind: Kind
    name: str
    windows: tuple[Window, ...]
    is_changed: bool
    url: str

    @property
    def mark(self) -> str:
        return MARKS.get(self.kind, "")

    @property
    def hours(self) -> str:
        return ", ".join(map(str, self.windows)) or str(_("no working hours"))

    @property
    def told(self) -> str:
        """All that is known about the day, in one line."""
        parts = [date_format(self.on), str(self.kind.label), self.name, self.hours]
        if self.is_changed:
            parts.append(str(_("not published yet")))
        return " · ".join(filter(None, parts))


@dataclass(frozen=True)
class Month:
    """A month, in weeks from Monday on; a place outside it is None."""

    name: str
    weeks: list[list[Day | None]]


def weekdays() -> list[tuple[str, str]]:
    """Name the days of the week, short and in full, Monday first."""
    return [(str(WEEKDAYS_ABBR[number]), str(WEEKDAYS[number])) for number in range(7)]


def legend() -> list[tuple[Kind, str]]:
    """Give every kind of day with its mark."""
    return [(kind, MARKS.get(kind, "")) for kind in Kind]


def months(
    calendar: Calendar, year: int, edited: WorkingHours, in_force: WorkingHours | None
) -> list[Month]:
    """Lay out a year as it was edited; days that differ from what is in force are marked."""
    rows = {day.on: day for day in calendar.days.filter(on__year=year).order_by("is_one_off", "on")}

    def laid(on: date) -> Day | None:
        return _day(calendar, on, rows.get(on), edited, in_force) if on.year == year else None

    return [
        Month(
            str(MONTHS[number]),
            [
                [laid(on) if on.month == number else None for on in week]
                for week in Weeks().monthdatescalendar(year, number)
            ],
        )
        for number in MONTHS_OF_A_YEAR
    ]


def _day(
    calendar: Calendar,
    on: date,
    row: CalendarDay | None,
    edited: WorkingHours,
    in_force: WorkingHours | None,
) -> Day:
    windows = edited.windows(on)
    return Day(
        on=on,
        kind=_kind(row, windows, edited.weekly[on.weekday()]),
        name=row.name if row else "",
        windows=windows,
        is_changed=in_force is not None and in_force.windows(on) != windows,
        url=_address(calendar, on, row),
    )


def _kind(row: CalendarDay | None, windows: tuple[Window, ...], weekly: tuple[Window, ...]) -> Kind:
    if row is None:
        return Kind.WORKING if windows else Kind.OFF
    if row.is_one_off:
        return Kind.ONE_OFF
    if not windows:
        return Kind.HOLIDAY
    if not weekly:
        return Kind.MAKE_UP
    return Kind.HALF if _length(windows) < _length(weekly) else Kind.WORKING


def _length(windows: tuple[Window, ...]) -> timedelta:
    """Add up what the wall shows to be open; daylight saving plays no part in what a day is."""
    return sum((_span(window) for window in windows), timedelta(0))


def _span(window: Window) -> timedelta:
    opens, closes = (timedelta(hours=at.hour, minutes=at.minute) for at in window)
    return closes - opens + timedelta(days=window.over_midnight)


def _address(calendar: Calendar, on: date, row: CalendarDay | None) -> str:
    if row is not None:
        return reverse("admin:timekeeping_calendarday_change", args=[row.pk])
    given = urlencode({"calendar": str(calendar.pk), "on": on.isoformat(), "is_one_off": "on"})
    return f"{reverse('admin:timekeeping_calendarday_add')}?{given}"
