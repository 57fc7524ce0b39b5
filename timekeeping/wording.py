"""Durations and moments as people say them.

A duration always carries its units; a colon always means a time of day. Moments are
shown in the zone that is active, which for a signed-in person is their own.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)

Part = tuple[str, str]
"""A number and its unit, such as ("43", "min")."""


def parts(length: timedelta, *, seconds: bool = False) -> tuple[Part, ...]:
    """Return a length as the two numbers that matter, rounded down, in the active language.

    Years and days, days and hours, hours and minutes, or minutes; with ``seconds``
    also those. A length below nothing counts as nothing.
    """
    length = max(length, timedelta(0))
    if length >= YEAR:
        years, rest = divmod(length, YEAR)
        return _pair(years, pgettext("unit", "y"), rest // DAY, pgettext("unit", "d"))
    if length >= DAY:
        days, rest = divmod(length, DAY)
        return _pair(days, pgettext("unit", "d"), rest // HOUR, pgettext("unit", "h"))
    if length >= HOUR:
        hours, rest = divmod(length, HOUR)
        return (
            (str(hours), pgettext("unit", "h")),
            (f"{rest // MINUTE:02d}", pgettext("unit", "min")),
        )
    minutes, rest = divmod(length, MINUTE)
    if not seconds:
        return ((str(minutes) if minutes else "<1", pgettext("unit", "min")),)
    left = rest // timedelta(seconds=1)
    if not minutes:
        return ((str(left), pgettext("unit", "s")),)
    return ((str(minutes), pgettext("unit", "min")), (f"{left:02d}", pgettext("unit", "s")))


def _pair(first: int, first_unit: str, second: int, second_unit: str) -> tuple[Part, ...]:
    whole = ((str(first), first_unit),)
    return (*whole, (str(second), second_unit)) if second else whole


def plain_parts(length: timedelta) -> tuple[Part, ...]:
    """Return a length that does not run: one day exactly in hours, and no minutes where none are.

    Allowances are said like this, because they are promised like this.
    """
    if length == DAY:
        return (("24", pgettext("unit", "h")),)
    found = parts(length)
    return found[:1] if len(found) == 2 and found[1][0] == "00" else found


def duration(length: timedelta) -> str:
    """Return a length in words: "5 h 43 min", "15 min", "24 h", "3 d"."""
    return " ".join(f"{number} {unit}" for number, unit in plain_parts(length))


def moment(at: datetime, now: datetime, *, day: bool = True) -> str:
    """Return when something happens, seen from ``now``: "today 11:20", "18 Mar 15:00".

    Without ``day`` a moment of today is its time alone. The year is said when it is
    another one.
    """
    local, here = timezone.localtime(at), timezone.localtime(now)
    time = time_of_day(at)
    distance = (local.date() - here.date()).days
    if distance == 0:
        return _("today {time}").format(time=time) if day else time
    if distance == 1:
        return _("tomorrow {time}").format(time=time)
    if distance == -1:
        return _("yesterday {time}").format(time=time)
    if local.year == here.year:
        return written(local, pgettext("date format: day and time", "j M H:i"))
    return written(local, pgettext("date format: day, year and time", "j M Y H:i"))


def time_of_day(at: datetime) -> str:
    """Return the time of a moment alone: "11:20"."""
    return written(timezone.localtime(at), "H:i")


def day_and_time(at: datetime) -> str:
    """Return a moment whole, as it stands above a page: "Tue 17 Mar, 10:42"."""
    return written(
        timezone.localtime(at), pgettext("date format: weekday, day, time", "D j M, H:i")
    )


def day(at: datetime, now: datetime) -> str:
    """Return the day of a moment as a heading: "Today, 17 March", "Monday, 9 March"."""
    local, here = timezone.localtime(at), timezone.localtime(now)
    distance = (local.date() - here.date()).days
    if local.year == here.year:
        date = written(local, pgettext("date format: day", "j F"))
    else:
        date = written(local, pgettext("date format: day and year", "j F Y"))
    if distance == 0:
        return _("Today, {date}").format(date=date)
    if distance == 1:
        return _("Tomorrow, {date}").format(date=date)
    if distance == -1:
        return _("Yesterday, {date}").format(date=date)
    return pgettext("heading of a day", "{weekday}, {date}").format(
        weekday=written(local, "l"), date=date
    )
