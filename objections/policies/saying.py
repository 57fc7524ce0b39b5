"""Policies in words: moments, allowances, an example deadline, who is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from objections import audience
from objections.deadlines import terms
from objections.deadlines.reckoning import BREACH, WARNING
from objections.models import Allowance
from objections.policies import lengths
from objections.policies.simulating import Foreseen, RungToCome
from objections.vocabulary import Promise, Unit
from timekeeping.calendars import BadCalendar, NoFuture
from timekeeping.models import Edition

FRIDAY, TEN_TO_SIX = 4, time(17, 50)


def moment(at: datetime) -> str:
    """Return a moment whole, with weekday and year, in the active zone."""
    local = timezone.localtime(at)
    return written(local, pgettext("date format: weekday, day, year and time", "D j M Y, H:i"))


def day(on: date, name: str) -> str:
    """Return a day off with its name: "Thu 1 Oct 2026 National Day"."""
    said = written(on, pgettext("date format: weekday, day and year", "D j M Y"))
    return f"{said} {name}".strip()


def length(given: terms.Terms) -> str:
    """Return an allowance with the unit it is counted in: "4 h of working time"."""
    if given.length is None:
        return _("its own due time")
    if given.unit is Unit.DAYS:
        days = given.length.days
        words = ngettext(
            "%(days)s working day, to its end",
            "%(days)s working days, to the end of the last",
            days,
        )  # fmt: skip
        return words % {"days": days}
    if given.unit is Unit.WORKING:
        return _("{length} of working time").format(length=lengths.words(given.length, days=False))
    return _("{length} around the clock").format(length=lengths.words(given.length))


# An example deadline


def next_friday(now: datetime, zone: str) -> datetime:
    """Return the next Friday at 17:50 in a zone: when allowances differ most."""
    local = now.astimezone(ZoneInfo(zone))
    ahead = timedelta(days=(FRIDAY - local.weekday()) % 7)
    friday = datetime.combine(local.date() + ahead, TEN_TO_SIX, local.tzinfo)
    return friday if friday > now else friday + timedelta(days=7)


def example(lines: Sequence[terms.Line], allowance: Allowance, now: datetime) -> str:
    """Return what a stored allowance means for a case opened on a Friday at 17:50.

    Reckoned by the functions that the clocks use, so that nobody takes 1 day, 24 working
    hours and 3 days for the same.
    """
    team = allowance.team
    facts = terms.Facts(
        allowance.kind, allowance.urgency, allowance.tier, team, allowance.product_id
    )
    promise = Promise(allowance.promise)
    if promise is Promise.COMMITMENT:
        return _("Each brings its own due time.")
    try:
        given = terms.choose(lines, facts, [promise])[promise]
        start = next_friday(now, given.zone or settings.TIME_ZONE)
        due = given.due(start)
    except (terms.NoPolicy, NoFuture, BadCalendar, Edition.DoesNotExist):
        return _("It cannot be reckoned: the working calendar has not so much time ahead.")
    with timezone.override(given.zone or settings.TIME_ZONE):
        return _("{length}: opened {start}, due {due}").format(
            length=length(given), start=moment(start), due=moment(due.at)
        )


# A simulated clock


@dataclass(frozen=True, slots=True)
class RungSaid:
    """A line of a simulated ladder, ready to be shown."""

    moment: str
    from_due: str
    what: str
    people: str


def sentences(seen: Foreseen) -> list[str]:
    """Return what a simulated clock would do, one sentence after the other."""
    said = [
        _("Allowance: {length}.").format(length=length(seen.given)),
        _("It starts {start} and is due {due}.").format(
            start=moment(seen.start), due=moment(seen.due.at)
        ),
    ]
    if seen.due.moved:
        words = _("That would have been at night, so it moved by {length}.")
        said.append(words.format(length=lengths.words(seen.due.moved)))
    for begin, end in seen.paused:
        words = _("It stands still from {begin} until {end}.")
        said.append(words.format(begin=moment(begin), end=moment(end)))
    if seen.off:
        days = _joined(day(on, name) for on, name in seen.off)
        said.append(_("Days off on the way: {days}.").format(days=days))
    if seen.due.provisional:
        said.append(_("Provisional: the calendar of that year is not published yet."))
    return said


def rungs(seen: Foreseen) -> list[RungSaid]:
    """Return the ladder of a simulated clock, in the order it would ring."""
    return [
        RungSaid(
            moment(rung.at), _from_due(rung.at - seen.due.at), _what(rung), _people(rung.people)
        )
        for rung in seen.rungs
    ]


def _from_due(offset: timedelta) -> str:
    if not offset:
        return _("when due")
    if offset < timedelta(0):
        return _("{length} before").format(length=lengths.words(-offset))
    return _("{length} after").format(length=lengths.words(offset))


def _what(rung: RungToCome) -> str:
    if rung.kind == WARNING and not rung.level:
        return _("Warning")
    if rung.kind == WARNING:
        return _("Warning, level {level}").format(level=rung.level)
    if rung.kind == BREACH:
        return _("Breach, level {level}").format(level=rung.level)
    return _("Level {level}").format(level=rung.level)


def _people(heard: Iterable[audience.Hearer]) -> str:
    once: dict[int, audience.Hearer] = {}
    for one in heard:
        once.setdefault(one.person.pk, one)
    return _joined(_person(one) for one in once.values()) or _("nobody: it stands on the board")


def _person(heard: audience.Hearer) -> str:
    if heard.in_place_of is None:
        return str(heard.person)
    return _("{name} for {absent}").format(name=heard.person, absent=heard.in_place_of)


def _joined(words: Iterable[str]) -> str:
    return pgettext("between names", ", ").join(words)
