"""What hours must fulfil before clocks may run by them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from timekeeping.calendars.arithmetic import NoFuture, add
from timekeeping.calendars.hours import (
    DAYS_OF_A_WEEK,
    ONE_DAY,
    BadCalendar,
    Window,
    WorkingHours,
)

MINUTES_OF_A_DAY = 24 * 60
FIRST_YEAR, LAST_YEAR = 1970, 2200
LEAST = timedelta(hours=40)
"""A working week: hours that will never last so long have no future."""
A_MONDAY = date(2024, 1, 1)


def check(hours: WorkingHours, *, now: datetime) -> None:
    """Refuse windows that overlap, the night before's included, and hours without a future.

    Raises BadCalendar naming the weekday or the day at fault.
    """
    for weekday in range(DAYS_OF_A_WEEK):
        before = hours.weekly[(weekday - 1) % DAYS_OF_A_WEEK]
        named = date_format(A_MONDAY + weekday * ONE_DAY, "l")
        _check_day(f"weekly.{weekday}", named, before, hours.weekly[weekday])
    for year in {special.year for special in hours.days} | hours.years:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise BadCalendar("days", _("There is no calendar for the year %s.") % year)
    for special in sorted(hours.days):
        for day in (special, special + ONE_DAY):
            named = date_format(day, "SHORT_DATE_FORMAT")
            _check_day(f"days.{day}", named, hours.windows(day - ONE_DAY), hours.windows(day))
    try:
        add(hours, now, LEAST)
    except NoFuture:
        raise BadCalendar(
            "weekly",
            _("Hardly anybody works within the next ten years: promises would never fall due."),
        ) from None


def _check_day(
    field: str, named: str, before: tuple[Window, ...], windows: tuple[Window, ...]
) -> None:
    """Refuse a day whose windows overlap each other or those of the night before."""
    spans = [(*_minutes(window, -MINUTES_OF_A_DAY), window) for window in before]
    spans += [(*_minutes(window, 0), window) for window in windows]
    for (_opens, ends, first), (opens, _ends, second) in pairwise(spans):
        if opens < ends and opens >= 0:
            raise BadCalendar(
                field,
                _("%(day)s: %(second)s begins before %(first)s has ended.")
                % {"day": named, "first": first, "second": second},
            )


def _minutes(window: Window, offset: int) -> tuple[int, int]:
    opens = window.opens.hour * 60 + window.opens.minute
    closes = window.closes.hour * 60 + window.closes.minute
    return opens + offset, closes + offset + MINUTES_OF_A_DAY * window.over_midnight
