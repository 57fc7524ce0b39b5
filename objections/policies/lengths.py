"""Lengths of time in words that can be typed again: "15 min", "24 h", "3 d", "-5 min"."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from django.utils.dateparse import parse_duration
from django.utils.translation import pgettext

NOTHING = timedelta(0)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

UNITS = {
    DAY: ("d", "day", "days", "天", "日"),
    HOUR: ("h", "hr", "hour", "hours", "小时", "小時", "时", "時"),
    MINUTE: ("min", "mins", "minute", "minutes", "m", "分钟", "分鐘", "分"),
    SECOND: ("s", "sec", "second", "seconds", "秒"),
}
LENGTH_OF = {name: length for length, names in UNITS.items() for name in names}
_NAMES = "|".join(sorted(LENGTH_OF, key=len, reverse=True))
_PART = re.compile(rf"(\d+(?:\.\d+)?)\s*({_NAMES})(?![a-z])[\s,]*")
_WORDS = re.compile(rf"[+-]?\s*(?:{_PART.pattern})+")
_FIGURES = re.compile(r"(-?\d+ (days?, )?)?-?\d+:\d{2}:\d{2}(\.\d+)?|[+-]?p.*\d.*")
_OLD_DAYS = re.compile(r"-?\d+ (days?, )?-?\d+:|[+-]?p[^t]*d")


def words(length: timedelta, *, days: bool = True) -> str:
    """Return a length as it can be typed again, in the active language.

    Two whole days or more are said in days, unless ``days`` is off; one is "24 h".
    """
    sign, rest = ("-", -length) if length < NOTHING else ("", length)
    if days and rest >= 2 * DAY and not rest % DAY:
        return f"{sign}{rest // DAY} {unit_of(DAY)}"
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    parts = []
    if hours:
        parts.append(f"{hours} {unit_of(HOUR)}")
    if minutes or not length:
        parts.append(f"{minutes} {unit_of(MINUTE)}")
    if rest:
        seconds = f"{rest.total_seconds():f}".rstrip("0").rstrip(".")
        parts.append(f"{seconds} {unit_of(SECOND)}")
    return sign + " ".join(parts)


def unit_of(length: timedelta) -> str:
    """Return the unit that is as long as this, in the active language."""
    return {
        DAY: pgettext("unit in a form", "d"),
        HOUR: pgettext("unit in a form", "h"),
        MINUTE: pgettext("unit in a form", "min"),
        SECOND: pgettext("unit in a form", "s"),
    }[length]


def parse(text: str) -> timedelta | None:
    """Return the length that was typed, or None for what is none.

    A number alone is none: 15 of what? Raises OverflowError beyond what time can hold.
    """
    plain = _plain(text)
    if _WORDS.fullmatch(plain):
        found = [(float(number), LENGTH_OF[name]) for number, name in _PART.findall(plain)]
        total = sum((length * number for number, length in found), NOTHING)
        return -total if plain.startswith("-") else total
    if _FIGURES.fullmatch(plain):
        return parse_duration(plain) or parse_duration(plain.upper())
    return None


def names_days(text: str) -> bool:
    """True where what was typed counts days, which are 24 hours each."""
    plain = _plain(text)
    if _OLD_DAYS.match(plain):
        return True
    return any(LENGTH_OF[name] == DAY for _number, name in _PART.findall(plain))


def _plain(text: str) -> str:
    """Return it in small letters, with full-width figures and typographic minus made plain."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub("[−–—]", "-", plain)
