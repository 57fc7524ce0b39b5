"""What is wrong with one allowance, one rung, one ladder. Pure: nothing is read or written.

The models ask when a row is checked, the forms when a ladder is typed, publishing once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.vocabulary import Promise, Unit

if TYPE_CHECKING:
    from objections.models import Allowance, Rung

NOTHING = timedelta(0)
LONGEST = timedelta(days=366)
"""No allowance, pause or rung is longer. Beyond it lies a slip of the keyboard, and in the
end a due moment that no calendar holds, with which no case could be opened any more."""
MOST_WORKING_DAYS = 260  # a year of five-day weeks
HIGHEST_LEVEL = 3
SHORTEST_REMINDER = timedelta(minutes=1)

OUT_OF_RANGE = gettext_lazy("This length of time is out of range.")
TOO_EARLY = gettext_lazy("A warning must come after the clock has started.")

Faults = dict[str, str | Lazy]
"""What is wrong, by field."""


# One allowance


def allowance_faults(allowance: Allowance) -> Faults:
    """Return what is wrong with an allowance, by field; nothing if it can work."""
    faults: Faults = {}
    for found in (_length, _pauses, _night, _reminders):
        for field, words in found(allowance):
            faults.setdefault(field, words)
    return faults


def _length(row: Allowance) -> Iterator[tuple[str, str | Lazy]]:
    if row.promise == Promise.COMMITMENT:
        for name in ("length", "days"):
            if getattr(row, name) is not None:
                yield name, _("A commitment brings its own due time: leave this empty.")
        if row.unit == Unit.DAYS:
            yield "unit", _("A commitment brings its own due time: leave it at elapsed time.")
    elif row.unit == Unit.DAYS:
        yield from _days(row)
    else:
        if row.days is not None:
            yield "days", _("Only the unit “working days” counts days: leave this empty.")
        if row.length is None:
            yield "length", _("Say how long this promise may take.")
        elif row.length <= NOTHING:
            yield "length", _("An allowance is longer than nothing.")
        elif row.length > LONGEST:
            yield "length", OUT_OF_RANGE


def _days(row: Allowance) -> Iterator[tuple[str, str | Lazy]]:
    if row.length is not None:
        yield "length", _("Working days are said beside: leave this empty.")
    if row.days is None:
        yield "days", _("Say how many working days.")
    elif row.days < 1:
        yield "days", _("An allowance is longer than nothing.")
    elif row.days > MOST_WORKING_DAYS:
        yield "days", _("No more than %s working days: that is a year.") % MOST_WORKING_DAYS


def _pauses(row: Allowance) -> Iterator[tuple[str, str | Lazy]]:
    if row.promise == Promise.ACKNOWLEDGEMENT:
        for name in ("pauses_per_cycle", "pause_maximum", "pause_reasons"):
            if getattr(row, name):
                yield name, _("The acknowledgement is never paused.")
        return
    if row.pause_maximum is not None and row.pause_maximum > LONGEST:
        yield "pause_maximum", OUT_OF_RANGE
    elif row.pause_maximum is not None and row.pause_maximum <= NOTHING:
        yield "pause_maximum", _("A pause is longer than nothing.")
    if not row.pauses_per_cycle:
        return
    if row.pause_maximum is None:
        yield "pause_maximum", _("Say how long a pause may last at most.")
    if not row.pause_reasons:
        yield "pause_reasons", _("Choose the reasons for which it may be paused.")


def _night(row: Allowance) -> Iterator[tuple[str, str | Lazy]]:
    one_end = (row.night_from is None) != (row.night_until is None)
    if one_end or (row.night_from is not None and row.night_from == row.night_until):
        yield "night_until", _("A night has a beginning and an end.")


def _reminders(row: Allowance) -> Iterator[tuple[str, str | Lazy]]:
    if row.remind_every is None:
        if row.remind_at_most:
            yield "remind_every", _("Say how often it is told again.")
        return
    if row.remind_every < SHORTEST_REMINDER:
        yield "remind_every", _("A reminder comes every minute at most.")
    elif row.remind_every > LONGEST:
        yield "remind_every", OUT_OF_RANGE
    if not row.remind_at_most:
        yield "remind_at_most", _("Say how many reminders there are at most.")


# One rung


def rung_faults(rung: Rung) -> Faults:
    """Return what is wrong with a rung beside its allowance; the field "" is the row whole."""
    if (rung.offset is None) == (rung.percent is None):
        return {"": _("Say either a length of time or a share of the allowance.")}
    where = "offset" if rung.offset is not None else "percent"
    if _is_absurd(rung):
        return {where: OUT_OF_RANGE}
    if rung.level > HIGHEST_LEVEL:
        return {"level": _("Levels run from 0 to %s.") % HIGHEST_LEVEL}
    faults: Faults = {}
    before = (rung.offset or NOTHING) < NOTHING or (rung.percent or 0) < 0
    if before and rung.level:
        faults["level"] = _("Before the due moment only the handler is told.")
    if not before and rung.level == 0:
        faults["level"] = _("From the due moment on somebody else is told.")
    if before and _before_the_start(rung):
        faults[""] = TOO_EARLY
    if rung.person is not None and not rung.person.is_active:
        faults["person"] = _("%s does not work here any more.") % rung.person
    return faults


def _is_absurd(rung: Rung) -> bool:
    """True for a rung more than a year from the due moment. A share is at most of 366 days."""
    if rung.offset is not None:
        return abs(rung.offset) > LONGEST
    length = rung.allowance.length
    if rung.percent is None or length is None or length > LONGEST:
        return False
    return abs(length * rung.percent / 100) > LONGEST


def _before_the_start(rung: Rung) -> bool:
    if rung.percent is not None:
        return rung.percent <= -100
    longest = longest_lead(rung.allowance)
    return longest is not None and rung.offset is not None and -rung.offset >= longest


def longest_lead(allowance: Allowance) -> timedelta | None:
    """Return the length that every warning has to be shorter than; None where none is known.

    The n-th working day ends less than n times 24 h after a start, where none is skipped.
    """
    if allowance.unit == Unit.DAYS:
        return timedelta(days=allowance.days) if allowance.days else None
    return allowance.length


# One ladder


class RungFault(NamedTuple):
    """What is wrong with the n-th rung of those that were handed in."""

    number: int
    field: str
    words: str | Lazy


def ladder_faults(length: timedelta | None, rungs: Sequence[Rung]) -> list[RungFault]:
    """Return what is wrong with these rungs beside each other.

    ``length`` is the allowance's, and None where shares cannot be compared with lengths
    beforehand: working days, and promises that bring their own due time. The due moment
    itself is level 1 unless a rung says otherwise.
    """
    places = {n: _place(rung, length) for n, rung in enumerate(rungs) if _is_said(rung)}
    after = [n for n, place in places.items() if place.far >= 0]
    if len({places[n].scale for n in after if places[n].far > 0}) > 1:
        words = _("Without a known allowance give all levels as lengths, or all as shares.")
        return [RungFault(after[-1], "", words)]
    return [*_twins(places), *_falls(after, places, rungs)]


class Place(NamedTuple):
    """Where a rung stands: how far from the due moment, in seconds or a bare share of it."""

    scale: str
    far: float


def _is_said(rung: Rung) -> bool:
    return (rung.offset is None) != (rung.percent is None)


def _place(rung: Rung, length: timedelta | None) -> Place:
    if rung.offset is not None:
        return Place("seconds", rung.offset.total_seconds())
    share = rung.percent or 0
    if share and length is None:
        return Place("share", share)
    return Place("seconds", ((length or NOTHING) * share / 100).total_seconds())


def _twins(places: Mapping[int, Place]) -> Iterator[RungFault]:
    seen: set[Place] = set()
    for number, place in places.items():
        if place in seen:
            yield RungFault(number, "", _("Another rung stands at the same moment."))
        seen.add(place)


def _falls(
    after: Sequence[int], places: Mapping[int, Place], rungs: Sequence[Rung]
) -> Iterator[RungFault]:
    reached = 0 if any(places[number].far == 0 for number in after) else 1
    for number in sorted(after, key=lambda number: places[number].far):
        level = rungs[number].level
        if level < reached:
            words = _("A ladder never goes down: level %(high)s is told before level %(low)s.")
            yield RungFault(number, "level", words % {"high": reached, "low": level})
        reached = max(reached, level)
