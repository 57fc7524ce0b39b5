"""Arithmetic with working time, exact to the microsecond.

Every instant is aware and comes back in UTC. Windows are turned into UTC first, so what
is counted inside them are real seconds, across daylight-saving changes too. A window is
open from its opening on and closed from its closing on.

An answer is provisional if between the first and the last day looked at there is one of a
year that is waited for. A day is looked at for the windows that open on it: the small hours
of a night shift that began on New Year's Eve belong to the old year.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from timekeeping.calendars.hours import ONE_DAY, Piece, WorkingHours

YEARS_AHEAD = 10
DAYS_AHEAD = YEARS_AHEAD * 366
NOTHING = timedelta(0)


class NoFuture(Exception):
    """Raised where the hours asked for do not lie within ten years."""


class Reached(NamedTuple):
    """A moment that was reckoned, and whether a year not yet published may still move it."""

    at: datetime
    provisional: bool


def add(hours: WorkingHours, start: datetime, length: timedelta) -> Reached:
    """Give the moment at which `length` of working time has passed since `start`.

    A start outside the hours, or exactly at a closing, counts from the next opening; a
    length that ends exactly at a closing ends there. No length gives `start` itself if it
    is open, and else the next opening. Raises ValueError for less than nothing, and
    NoFuture beyond ten years.
    """
    if length < NOTHING:
        raise ValueError("working time is added, not taken away")
    first, left = None, length
    for piece in _ahead(hours, start):
        began = max(piece.start, start)
        first = first or _first_day(hours, piece, start)
        if left <= piece.end - began:
            return Reached(began + left, not _known(hours, first, piece.day))
        left -= piece.end - began
    raise NoFuture


def subtract(hours: WorkingHours, end: datetime, length: timedelta) -> datetime:
    """Give the last moment at which `length` of working time is left before `end`.

    No length gives `end` itself. Raises ValueError for less than nothing, and NoFuture
    where there is not so much within the ten years before.
    """
    if length < NOTHING:
        raise ValueError("working time is taken away, not added")
    if not length:
        return end.astimezone(UTC)
    left = length
    for piece in _back(hours, end):
        ended = min(piece.end, end)
        if left <= ended - piece.start:
            return ended - left
        left -= ended - piece.start
    raise NoFuture


def between(hours: WorkingHours, start: datetime, end: datetime) -> timedelta:
    """Give the working time between two instants; less than nothing if `end` comes first."""
    if end < start:
        return -between(hours, end, start)
    passed = NOTHING
    for piece in _within(hours, hours.local_day(start) - ONE_DAY, hours.local_day(end)):
        passed += max(min(piece.end, end) - max(piece.start, start), NOTHING)
    return passed


def end_of_working_day(hours: WorkingHours, start: datetime, number: int) -> Reached:
    """Give the last closing of the `number`-th working day after the day of `start`.

    The day of `start` is the date on the site's wall, whether it is worked or not, and does
    not count. A working day is one on which a window opens; a night shift closes on the
    next morning. Raises ValueError for a number below one, NoFuture beyond ten years.
    """
    if number < 1:
        raise ValueError("working days are counted from one")
    first, left = hours.local_day(start) + ONE_DAY, number
    for offset in range(DAYS_AHEAD):
        day = first + offset * ONE_DAY
        pieces = hours.pieces(day)
        left -= bool(pieces)
        if not left:
            closing = max(piece.end for piece in pieces)
            return Reached(closing, not _known(hours, first, day))
    raise NoFuture


def next_opening(hours: WorkingHours, at: datetime) -> Reached:
    """Give the first moment from `at` on at which somebody works: `at` itself if it is open.

    Raises NoFuture if nobody does within ten years.
    """
    return add(hours, at, NOTHING)


def is_open(hours: WorkingHours, at: datetime) -> bool:
    """Tell whether somebody works at an instant: yes at an opening, no at a closing."""
    today = hours.local_day(at)
    pieces = _within(hours, today - ONE_DAY, today)
    return any(piece.start <= at < piece.end for piece in pieces)


def days_skipped(hours: WorkingHours, start: datetime, end: datetime) -> list[tuple[date, str]]:
    """Name the days off that cost time between two instants: special days without hours on
    weekdays that have some. The name is empty where nobody gave one."""
    first, last = hours.local_day(start), hours.local_day(end)
    return [
        (day, hours.names.get(day, ""))
        for day in sorted(hours.days)
        if first <= day <= last and not hours.days[day] and hours.weekly[day.weekday()]
    ]


def _ahead(hours: WorkingHours, start: datetime) -> Iterator[Piece]:
    """Yield what is worked after `start`, in order, for ten years; no moment comes twice."""
    first = hours.local_day(start) - ONE_DAY
    for piece in _within(hours, first, first + DAYS_AHEAD * ONE_DAY):
        if piece.end > start:
            yield piece


def _back(hours: WorkingHours, end: datetime) -> Iterator[Piece]:
    """Yield what is worked before `end`, the latest first, for ten years back."""
    day, worked_from = hours.local_day(end), end
    for _number in range(DAYS_AHEAD):
        for piece in reversed(hours.pieces(day)):
            if piece.start < worked_from:
                yield Piece(piece.start, min(piece.end, worked_from), day)
                worked_from = piece.start
        day -= ONE_DAY


def _within(hours: WorkingHours, first: date, last: date) -> Iterator[Piece]:
    """Yield what is worked in windows that open from one day to another, cut where, in an
    hour that comes twice, one still runs when the next opens."""
    worked_until: datetime | None = None
    for offset in range((last - first).days + 1):
        for piece in hours.pieces(first + offset * ONE_DAY):
            start = max(piece.start, worked_until) if worked_until else piece.start
            if start < piece.end:
                yield Piece(start, piece.end, piece.day)
                worked_until = piece.end


def _first_day(hours: WorkingHours, piece: Piece, start: datetime) -> date:
    """Give the first day looked at: that of the running window, else that of the start."""
    return piece.day if piece.start <= start else hours.local_day(start)


def _known(hours: WorkingHours, first: date, last: date) -> bool:
    """Tell whether all days from one to another lie in years that nobody waits for."""
    if not hours.awaits_years:
        return True
    return all(year in hours.years for year in range(first.year, last.year + 1))
