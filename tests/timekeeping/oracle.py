"""A slow second opinion on working time: it walks minute by minute and shares no code.

A minute of a window is open from the first moment at which the wall has shown its opening
until the last at which the wall still shows less than its closing. That covers the nights
in which the wall jumps: what it skips is not counted, and a shift that is running when the
clock is put back goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
EPOCH = datetime(2000, 1, 1)
DAY = 24 * 60
CLOSED = None

Pauses = Sequence[tuple[datetime, datetime]]


def wall_minute(local: datetime) -> int:
    return int((local - EPOCH) / MINUTE)


@cache
def walls(zone: str, first: datetime, minutes: int) -> list[int]:
    """What the wall shows at each minute, as minutes since the epoch."""
    place = ZoneInfo(zone)
    return [
        wall_minute((first + number * MINUTE).astimezone(place).replace(tzinfo=None))
        for number in range(minutes)
    ]


class Oracle:
    """A calendar's content, painted minute by minute from `first` on for so many days."""

    def __init__(self, content: dict[str, Any], first: datetime, days: int) -> None:
        self.content = content
        self.first = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.wall = walls(content["zone"], self.first, days * DAY)
        self.opened_on: list[date | None] = [CLOSED] * len(self.wall)
        shown_up_to = list(accumulate(self.wall, max))
        shown_from = list(accumulate(reversed(self.wall), min))[::-1]
        opening_day = (EPOCH + self.wall[0] * MINUTE).date() - timedelta(days=1)
        for number in range(days + 3):
            day = opening_day + timedelta(days=number)
            for opens, closes in self.bounds(day):
                for minute in self._near(day):
                    if shown_up_to[minute] >= opens and shown_from[minute] < closes:
                        self.opened_on[minute] = self.opened_on[minute] or day

    def _near(self, day: date) -> range:
        """The minutes that a window opening on a day can touch, with room to spare."""
        midnight = wall_minute(datetime(day.year, day.month, day.day))
        start = midnight - self.wall[0] - 180
        return range(max(start, 0), min(max(start + 2 * DAY + 360, 0), len(self.wall)))

    def bounds(self, day: date) -> list[tuple[int, int]]:
        """The windows that open on a day, as minutes of the wall."""
        special = self.content["days"].get(day.isoformat())
        windows = self.content["weekly"][day.weekday()] if special is None else special
        midnight = wall_minute(datetime(day.year, day.month, day.day))
        found = []
        for opening, closing in windows:
            opens, closes = (int(at[:2]) * 60 + int(at[3:]) for at in (opening, closing))
            found.append((midnight + opens, midnight + closes + DAY * (closes <= opens)))
        return found

    def add(self, start: datetime, length: timedelta, pauses: Pauses = ()) -> tuple[datetime, bool]:
        at, left = start, length
        first_day: date | None = None
        for minute in range(self._index(start), len(self.wall)):
            opens, closes = self._moment(minute), self._moment(minute + 1)
            day = self.opened_on[minute]
            if day is CLOSED:
                continue
            for begins, ends in self._unpaused(max(opens, at), closes, pauses):
                first_day = first_day or self._first_day(start)
                if left <= ends - begins:
                    return begins + left, self._is_provisional(first_day, day)
                left -= ends - begins
        raise AssertionError("the oracle looks no further")

    def subtract(self, end: datetime, length: timedelta) -> datetime:
        left = length
        if not left:
            return end
        for minute in range(self._index(end), -1, -1):
            begins, ends = self._moment(minute), min(self._moment(minute + 1), end)
            if self.opened_on[minute] is CLOSED or ends <= begins:
                continue
            if left <= ends - begins:
                return ends - left
            left -= ends - begins
        raise AssertionError("the oracle looks no further back")

    def between(self, start: datetime, end: datetime) -> timedelta:
        passed = timedelta(0)
        for minute in range(self._index(start), self._index(end) + 1):
            if self.opened_on[minute] is not CLOSED:
                begins, ends = self._moment(minute), self._moment(minute + 1)
                passed += max(min(ends, end) - max(begins, start), timedelta(0))
        return passed

    def is_open(self, at: datetime) -> bool:
        return self.opened_on[self._index(at)] is not CLOSED

    def end_of_working_day(self, start: datetime, number: int) -> tuple[datetime, bool]:
        today = (EPOCH + self.wall[self._index(start)] * MINUTE).date()
        worked = sorted({day for day in self.opened_on if day and day > today})
        wanted = worked[number - 1]
        last = max(minute for minute, day in enumerate(self.opened_on) if day == wanted)
        return self._moment(last + 1), self._is_provisional(today + timedelta(days=1), wanted)

    def _index(self, at: datetime) -> int:
        return int((at - self.first) // MINUTE)

    def _moment(self, minute: int) -> datetime:
        return self.first + minute * MINUTE

    def _first_day(self, start: datetime) -> date:
        minute = self._index(start)
        return self.opened_on[minute] or (EPOCH + self.wall[minute] * MINUTE).date()

    def _is_provisional(self, first: date, last: date) -> bool:
        years = self.content["years"]
        waits = self.content["awaits_years"]
        return waits and any(year not in years for year in range(first.year, last.year + 1))

    @staticmethod
    def _unpaused(
        begins: datetime, ends: datetime, pauses: Pauses
    ) -> list[tuple[datetime, datetime]]:
        """What is left of a span when the pauses, in order, are cut out of it."""
        left = []
        for paused_from, paused_to in pauses:
            if paused_from < ends and begins < paused_to:
                if begins < paused_from:
                    left.append((begins, paused_from))
                begins = min(paused_to, ends)
        return [*left, (begins, ends)] if begins < ends else left


def elapsed(start: datetime, length: timedelta, pauses: Pauses = ()) -> datetime:
    """Real time that passes outside the pauses, counted from one edge to the next."""
    edges = [start, *(at for pause in pauses for at in pause)]
    running = True
    for begins, ends in pairwise(edges):
        if running and length <= ends - begins:
            return begins + length
        length -= (ends - begins) * running
        running = not running
    return edges[-1] + length
