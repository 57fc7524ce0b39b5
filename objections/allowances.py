"""How an allowance is said: with the unit in which it is counted."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from objections.vocabulary import Unit
from timekeeping.wording import HOUR, MINUTE, Part, plain_parts


def allowed(unit: Unit, length: timedelta) -> str:
    """Return an allowance in words: "15 min", "4 working hours", "2 working days"."""
    if unit is Unit.ELAPSED:
        return _joined(plain_parts(length))
    if unit is Unit.WORKING and length % HOUR:
        return _("{length} of working time").format(length=_joined(worked_parts(length)))
    return _joined(allowed_parts(unit, length))


def allowed_parts(unit: Unit, length: timedelta) -> tuple[Part, ...]:
    """Return an allowance as numbers with their units, for a figure."""
    if unit is Unit.DAYS:
        return ((str(length.days), ngettext("working day", "working days", length.days)),)
    if unit is Unit.WORKING and length >= HOUR and not length % HOUR:
        hours = length // HOUR
        return ((str(hours), ngettext("working hour", "working hours", hours)),)
    return worked_parts(length) if unit is Unit.WORKING else plain_parts(length)


def worked_parts(length: timedelta) -> tuple[Part, ...]:
    """Return a working time in hours and minutes: a day of it would say how long it is."""
    if length < HOUR:
        return plain_parts(length)
    hours, rest = divmod(length, HOUR)
    whole = ((str(hours), pgettext("unit", "h")),)
    minutes = rest // MINUTE
    return (*whole, (f"{minutes:02d}", pgettext("unit", "min"))) if minutes else whole


def worked(length: timedelta) -> str:
    """Return a working time in words: "30 h", "4 h 30 min"."""
    return _joined(worked_parts(length))


def _joined(parts: tuple[Part, ...]) -> str:
    return " ".join(f"{number} {unit}" for number, unit in parts)
