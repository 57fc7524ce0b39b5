"""Lengths of time as a monitor needs them: tenths of a second, and to either side.

{{ look.lag|short }}      0.2 s, 42 s, 5 min
{{ look.skew|signed }}    +0.2 s, −1 h 02 min
{{ bar.bound|bound }}     0.25 s, 1 s, 5 min
"""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.formats import number_format
from django.utils.translation import pgettext

from timekeeping.wording import MINUTE, duration

register = template.Library()


@register.filter
def short(length: timedelta) -> str:
    """Say a length: below ten seconds with its tenths, below a minute in seconds."""
    seconds = max(length.total_seconds(), 0.0)
    if length >= MINUTE:
        return duration(length)
    return f"{number_format(seconds, 0 if seconds >= 10 else 1)} {pgettext('unit', 's')}"


@register.filter
def bound(length: timedelta) -> str:
    """Say the bound of a bucket, with no more digits than it has."""
    seconds = length.total_seconds()
    if length >= MINUTE:
        return duration(length)
    digits = 0 if seconds.is_integer() else 1 if (10 * seconds).is_integer() else 2
    return f"{number_format(seconds, digits)} {pgettext('unit', 's')}"


@register.filter
def signed(length: timedelta) -> str:
    """Say how far a clock is ahead (+) or behind (−)."""
    return f"{'−' if length < timedelta(0) else '+'}{short(abs(length))}"
