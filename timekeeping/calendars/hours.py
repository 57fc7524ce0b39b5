"""The working hours of a site: a zone, a week, and the days that differ from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

DAYS_OF_A_WEEK = 7
ONE_DAY = timedelta(days=1)
TICK = timedelta.resolution
REMEMBERED = 8000
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class BadCalendar(ValueError):
    """Raised for hours that cannot be reckoned with.

    ``field`` names the part of the content at fault (``zone``, ``weekly.0`` for Monday,
    ``days.2026-10-01``); ``reason`` is a sentence in the language of whoever asked.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Window(NamedTuple):
    """Hours of one day by the site's clock. One whose closing is not after its opening runs
    over midnight and belongs to the day on which it opens; 00:00 to 00:00 is the whole day."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"

    @property
    def over_midnight(self) -> bool:
        return self.closes <= self.opens


class Piece(NamedTuple):
    """A window as it lay on one day: instants in UTC, and the day on which it opened."""

    start: datetime
    end: datetime
    day: date


@dataclass(frozen=True)
class WorkingHours:
    """A calendar to reckon with, never changed once made.

    ``days`` beats ``weekly``: a day that is named there has those windows and no others.
    ``years`` are those whose holidays are known; they matter where ``awaits_years`` says
    that holidays are published year by year.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Window, ...], ...]
    days: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    awaits_years: bool = False
    _laid: dict[date, tuple[Piece, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> WorkingHours:
        """Read the content of an edition. Raises BadCalendar naming the part at fault."""
        days = _mapping(content, "days")
        names = _mapping(content, "names")
        return cls(
            zone=read_zone(content.get("zone")),
            weekly=_read_week(content.get("weekly")),
            days={
                _read_day("days", day): read_windows(f"days.{day}", windows)
                for day, windows in days.items()
            },
            names={_read_day("names", day): str(name) for day, name in names.items()},
            years=_read_years(content.get("years", [])),
            awaits_years=content.get("awaits_years") is True,
        )

    def to_content(self) -> dict[str, Any]:
        """Write what `from_content` reads; equal hours always give equal content."""
        return {
            "zone": self.zone.key,
            "weekly": [_written(windows) for windows in self.weekly],
            "days": {f"{day}": _written(self.days[day]) for day in sorted(self.days)},
            "names": {f"{day}": self.names[day] for day in sorted(self.names)},
            "years": sorted(self.years),
            "awaits_years": self.awaits_years,
        }

    def windows(self, day: date) -> tuple[Window, ...]:
        """Give the windows that open on a day, in the order in which they open."""
        special = self.days.get(day)
        return self.weekly[day.weekday()] if special is None else special

    def pieces(self, day: date) -> tuple[Piece, ...]:
        """Lay the windows that open on a day out in UTC; one that lasts no time is left out."""
        laid = self._laid.get(day)
        if laid is None:
            if len(self._laid) >= REMEMBERED:
                self._laid.clear()
            made = (self._lay(day, window) for window in self.windows(day))
            laid = self._laid[day] = tuple(piece for piece in made if piece.start < piece.end)
        return laid

    def local_day(self, at: datetime) -> date:
        """Give the date on the site's wall at an instant."""
        return at.astimezone(self.zone).date()

    def is_known(self, day: date) -> bool:
        """Tell whether the holidays around this day are published, or none are waited for."""
        return not self.awaits_years or day.year in self.years

    def _lay(self, day: date, window: Window) -> Piece:
        last = day + ONE_DAY if window.over_midnight else day
        return Piece(
            instant(self.zone, datetime.combine(day, window.opens), closing=False),
            instant(self.zone, datetime.combine(last, window.closes), closing=True),
            day,
        )


def instant(zone: ZoneInfo, local: datetime, *, closing: bool) -> datetime:
    """Turn a time on the wall into UTC.

    A time that daylight saving skips is the moment of the skip, so that no second is
    counted which the wall did not show. Where the clock is put back, an opening is the first
    moment at which the wall shows it, a closing the last before which the wall shows less:
    a shift is not cut in two.
    """
    shown = local - TICK if closing else local
    first = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first > second:
        return _moment_of_skip(zone, second, first)
    return second + TICK if closing else first


def _moment_of_skip(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Find, between two instants, the second from which the zone has its new offset."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        at = before + timedelta(seconds=middle)
        low, high = (middle, high) if at.astimezone(zone).utcoffset() == old else (low, middle)
    return before + timedelta(seconds=high)


def read_zone(name: object) -> ZoneInfo:
    """Give the time zone of a name of the IANA database. Raises BadCalendar."""
    if not isinstance(name, str) or name not in known_zones():
        raise BadCalendar("zone", _("“%(name)s” is not a known time zone.") % {"name": name or ""})
    return ZoneInfo(name)


@cache
def known_zones() -> frozenset[str]:
    """Name every time zone that a calendar may stand in."""
    return frozenset(available_timezones()) - {"localtime", "Factory", "posixrules"}


def read_windows(field: str, written: object) -> tuple[Window, ...]:
    """Read windows from pairs such as ``["09:00", "12:00"]``. Raises BadCalendar.

    They come out in the order in which they open, however they were written.
    """
    if not isinstance(written, Sequence) or isinstance(written, str):
        raise BadCalendar(field, _('Hours are a list of pairs, such as [["09:00", "12:00"]].'))
    return tuple(sorted(_read_window(field, pair) for pair in written))


def _read_window(field: str, pair: object) -> Window:
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise BadCalendar(
            field,
            _('“%(pair)s” is not a pair of opening and closing, such as ["09:00", "12:00"].')
            % {"pair": pair},
        )
    opens, closes = (_read_time(field, bound) for bound in pair)
    return Window(opens, closes)


def _read_time(field: str, written: object) -> time:
    found = _CLOCK_TIME.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        raise BadCalendar(
            field, _("“%(time)s” is not a time from 00:00 to 23:59.") % {"time": written}
        )
    return time(int(found[1]), int(found[2]))


def _read_week(written: object) -> tuple[tuple[Window, ...], ...]:
    if not isinstance(written, Sequence) or isinstance(written, str):
        raise BadCalendar("weekly", _("A week is a list of seven days, Monday first."))
    if len(written) != DAYS_OF_A_WEEK:
        raise BadCalendar("weekly", _("A week is a list of seven days, Monday first."))
    return tuple(read_windows(f"weekly.{number}", day) for number, day in enumerate(written))


def _read_day(field: str, written: object) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise BadCalendar(
            f"{field}.{written}", _("“%(day)s” is not a date.") % {"day": written}
        ) from None


def _read_years(written: object) -> frozenset[int]:
    whole = isinstance(written, Sequence) and all(type(year) is int for year in written)
    if not whole or not isinstance(written, Sequence):
        raise BadCalendar("years", _("Years are a list of numbers."))
    return frozenset(written)


def _mapping(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name, {})
    if not isinstance(found, Mapping):
        raise BadCalendar(name, _("Special days are listed by their date."))
    return found


def _written(windows: Sequence[Window]) -> list[list[str]]:
    return [[f"{window.opens:%H:%M}", f"{window.closes:%H:%M}"] for window in windows]
