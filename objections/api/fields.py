"""Kinds of values that JSON does not have: instants, lengths of time, words of the domain."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from django.db.models import Choices
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

FIRST_YEAR, LAST_YEAR = 1970, 2199
LONGEST_DURATION = timedelta(days=36_500)

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?=\d|T\d)(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,10}(?:\.\d{1,6})?)S)?)?"
)


class InstantField(serializers.DateTimeField):
    """A moment, ISO 8601 with its zone; shown in UTC. One without a zone could mean anything."""

    default_error_messages = {
        "zone": _("Say the zone of this time, as in 2026-03-02T09:00:00Z."),
        "range": _("This year is out of range."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        moment = super().to_internal_value(value)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail("range")
        return moment

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("zone")
        return super().enforce_timezone(value)


@extend_schema_field({"type": "string", "format": "duration", "examples": ["PT15M", "-P1DT2H"]})
class LengthField(serializers.Field[timedelta, str, str, Any]):
    """A length of time, ISO 8601 in weeks, days, hours, minutes and seconds."""

    default_error_messages = {
        "invalid": _("Say a length of time in ISO 8601, as in PT15M or P2D."),
        "range": _("This length of time is out of range."),
        "negative": _("This must not be negative."),
    }

    def to_internal_value(self, data: Any) -> timedelta:
        found = _DURATION.fullmatch(data) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid")
        units = {name: text for name, text in found.groupdict().items() if text and name != "sign"}
        length = timedelta(**{name: float(text) for name, text in units.items()})
        if length > LONGEST_DURATION:
            self.fail("range")
        if found["sign"] == "-" and length:
            self.fail("negative")
        return length

    def to_representation(self, value: timedelta) -> str:
        return iso_length(value)


def iso_length(length: timedelta) -> str:
    """Return a length as ISO 8601: P2D, PT14M58S, -PT1M, PT0S."""
    if length < timedelta(0):
        return f"-{iso_length(-length)}"
    hours, rest = divmod(length - timedelta(days=length.days), timedelta(hours=1))
    minutes, rest = divmod(rest, timedelta(minutes=1))
    seconds = f"{rest.total_seconds():.6f}".rstrip("0").rstrip(".")
    units = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    time = "".join(f"{number}{unit}" for number, unit in units if number not in (0, "0"))
    days = f"{length.days}D" if length.days else ""
    return f"P{days}T{time}" if time else f"P{days or 'T0S'}"


class WordField(serializers.ChoiceField):
    """One of the domain's words, such as a channel. Handed on as the word, not as its text."""

    def __init__(self, words: type[Choices], **kwargs: Any) -> None:
        self.words = words
        super().__init__(choices=words.choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        return found if isinstance(found, Enum) or found == "" else self.words(found)


class MoneyField(serializers.DecimalField):
    """An amount in the house's currency, written as text so that nothing is rounded."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, min_value=0, **kwargs)
