"""Reading the dates that exports hold. Pure."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from integrations.importing.errors import RowRefused

FIRST_YEAR = 1900
NUMBERS = ("year", "month", "day", "hour", "minute", "second")
PATTERN = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.年]?)(?P<month>\d{1,2})[-/.月]?(?P<day>\d{1,2})日?"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Return the moment that a cell names; without a zone of its own, in ``zone``.

    The year comes first: 2020/6/8, 2020-06-08 14:30, 20200608, 2020年6月8日, or ISO 8601
    with a zone. A date alone is its midnight. Everything else is refused, 08/06/2020 too,
    which means one day here and another there.
    """
    found = PATTERN.fullmatch(text)
    if found is None:
        raise RowRefused(f"received_at: “{text[:40]}” is no date that starts with its year")
    parts = found.groupdict()
    if not parts["mark"] and not (len(parts["month"]) == len(parts["day"]) == 2):
        raise RowRefused(f"received_at: “{text[:40]}” is no date that starts with its year")
    try:
        year, month, day, hour, minute, second = (int(parts[name] or 0) for name in NUMBERS)
        own = _own_zone(parts["zone"]) or zone
        moment = datetime(year, month, day, hour, minute, second, tzinfo=own)
    except ValueError as error:
        raise RowRefused(f"received_at: “{text[:40]}”: {error}") from error
    if moment.year < FIRST_YEAR:
        raise RowRefused(f"received_at: “{text[:40]}” lies before {FIRST_YEAR}")
    return moment


def _own_zone(name: str | None) -> tzinfo | None:
    if not name:
        return None
    stamp = datetime.fromisoformat("2000-01-01T00:00:00" + name.upper())
    return stamp.tzinfo
