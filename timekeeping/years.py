"""Filling the years of a calendar with public holidays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from timekeeping import public_holidays
from timekeeping.editions import draft, newest, publish
from timekeeping.models import Calendar, CalendarDay, CalendarYear, Edition
from timekeeping.public_holidays import Almanac, Special, Working, YearUnknown

NOON = time(12)
WORKWEEK = range(5)
LONGEST_NAME = 120
Windows = list[list[str]]


@dataclass
class Filled:
    """What came of filling the years of one calendar.

    ``edition`` is the one put into force, None where nothing had changed, and where edits
    by hand wait to be published (``waits``), which nobody but their author should do.
    """

    calendar: Calendar
    known: dict[int, str] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    by_hand: list[int] = field(default_factory=list)
    edition: Edition | None = None
    waits: bool = False


def usual(calendar: Calendar, now: datetime) -> list[int]:
    """Name last year, this one and the next, by the calendar's own wall."""
    this = now.astimezone(ZoneInfo(calendar.time_zone)).year
    return [this - 1, this, this + 1]


def fill(calendar: Calendar, years: Iterable[int], *, now: datetime) -> Filled:
    """Fill years from the library of the calendar's country, and publish what changed.

    Days and years entered or edited by hand stay as they are; days that the library has
    taken back go. A year that it does not have is left alone. Twice, or two at once, do
    no more than once. Raises PlaceUnknown, and BadCalendar where the outcome cannot be put
    into force; then nothing has changed.
    """
    with transaction.atomic():
        locked = Calendar.objects.select_for_update().get(pk=calendar.pk)
        before, filled = newest(locked), Filled(locked)
        filled.waits = before is None or before.content != draft(locked).to_content()
        for year in sorted(set(years)):
            _fill_year(locked, year, filled, now)
        if not filled.waits:
            edition = publish(locked, now=now)
            filled.edition = edition if edition != before else None
    return filled


def _fill_year(calendar: Calendar, year: int, filled: Filled, now: datetime) -> None:
    if calendar.years.filter(year=year, source="").exists():
        filled.by_hand.append(year)
        return
    try:
        almanac = public_holidays.look_up(calendar.country, calendar.subdivision, year)
    except YearUnknown as unknown:
        filled.unknown[year] = unknown.source
        return
    _write_days(calendar, year, almanac)
    CalendarYear.objects.update_or_create(
        calendar=calendar, year=year, defaults={"source": almanac.source},
        create_defaults={"source": almanac.source, "published_at": now},
    )  # fmt: skip
    filled.known[year] = almanac.source


def _write_days(calendar: Calendar, year: int, almanac: Almanac) -> None:
    """Bring the holidays of a year in line with the library, but for those edited by hand."""
    of_year = calendar.days.filter(on__year=year, is_one_off=False)
    by_hand = set(of_year.filter(source="").values_list("on", flat=True))
    days = [special for special in almanac.days if special.on not in by_hand]
    of_year.exclude(source="").exclude(on__in=[special.on for special in days]).delete()
    weekly = _weekly(calendar)
    CalendarDay.objects.bulk_create(
        [
            CalendarDay(
                calendar=calendar, on=special.on, name=special.name[:LONGEST_NAME],
                windows=_windows(special, weekly), source=almanac.source,
            )
            for special in days
        ],
        update_conflicts=True,
        unique_fields=["calendar", "on", "is_one_off"],
        update_fields=["name", "windows", "source"],
    )  # fmt: skip


def _windows(special: Special, weekly: list[Windows]) -> Windows:
    """Give the hours of a special day, from those of the calendar's week."""
    if special.working is Working.NOTHING:
        return []
    if special.working is Working.UNTIL_NOON:
        return [_until_noon(window) for window in weekly[special.on.weekday()]
                if time.fromisoformat(window[0]) < NOON]  # fmt: skip
    return _normal_day(weekly)


def _until_noon(window: list[str]) -> list[str]:
    opens, closes = window
    runs_on = time.fromisoformat(closes) > NOON or closes <= opens
    return [opens, f"{NOON:%H:%M}"] if runs_on else window


def _normal_day(weekly: list[Windows]) -> Windows:
    """Give the hours that most days from Monday to Friday have: what a make-up day works."""
    patterns = [tuple(map(tuple, weekly[weekday])) for weekday in WORKWEEK if weekly[weekday]]
    if not patterns:
        return []
    (most, _count), *_others = Counter(patterns).most_common(1)
    return [list(window) for window in most]


def _weekly(calendar: Calendar) -> list[Windows]:
    weekly: list[Windows] = [[] for _weekday in range(7)]
    for window in calendar.windows.all():
        weekly[window.weekday].append([f"{window.opens:%H:%M}", f"{window.closes:%H:%M}"])
    return weekly
