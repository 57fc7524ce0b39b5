"""Trying a policy out: what its clocks would do for a case that nobody opened.

Everything is reckoned by the functions that the clocks themselves use; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from accounts.models import Team
from accounts.presence import Presence
from customers.models import Customer, Product
from objections import audience
from objections.deadlines import terms
from objections.deadlines.reckoning import BREACH, WARNING, Reckoned, Span
from objections.models import Case, LadderRung, Policy
from objections.vocabulary import Promise, Unit
from timekeeping import calendars, editions


@dataclass(frozen=True, slots=True)
class Question:
    """A case that might be opened. Instants are UTC; ``own_due`` is for a commitment."""

    kind: str
    urgency: str
    tier: str
    team: Team | None
    product: Product | None
    start: datetime
    promises: Sequence[Promise]
    paused: Sequence[Span] = ()
    own_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class RungToCome:
    """When a rung would ring, and who would be told then."""

    at: datetime
    kind: str
    level: int
    people: Sequence[audience.Hearer]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What one clock would do. ``off`` are the special days without work on the way."""

    promise: Promise
    given: terms.Terms
    start: datetime
    due: Reckoned
    rungs: Sequence[RungToCome]
    paused: Sequence[Span] = ()
    off: Sequence[tuple[date, str]] = field(default_factory=list)


def zone_of(team: Team | None, default: str) -> str:
    """Return the time zone in which a team's day is counted."""
    if team is not None and team.calendar is not None:
        return team.calendar.time_zone
    return default


def simulate(policy: Policy, asked: Question) -> list[Foreseen]:
    """Return what the clocks of these promises would do under a policy, draft or not.

    Raises NoPolicy where it says nothing about one of them, or where a commitment has no
    due time of its own, NoFuture where its calendar has not so much working time ahead.
    """
    facts = terms.Facts(
        asked.kind, asked.urgency, asked.tier, asked.team,
        asked.product.pk if asked.product is not None else None,
    )  # fmt: skip
    found = terms.of(policy, facts, asked.promises)
    return [_foresee(promise, found[promise], asked) for promise in asked.promises]


def _foresee(promise: Promise, given: terms.Terms, asked: Question) -> Foreseen:
    paused: Sequence[Span] = ()
    if promise is Promise.COMMITMENT:
        if asked.own_due is None:
            raise terms.NoPolicy(promise)
        given, due = given.with_own_due(), Reckoned(asked.own_due, asked.own_due)
    else:
        paused = _pauses(given, asked)
        due = given.due(asked.start, paused=paused)
    ladder = given.ladder(asked.start, due)
    return Foreseen(
        promise, given, asked.start, due, list(_rungs(ladder, due.at, asked)), paused,
        _days_off(given, asked.start, due.at),
    )  # fmt: skip


def _pauses(given: terms.Terms, asked: Question) -> Sequence[Span]:
    """Return the pauses that this clock would take: none after its breach, none too long.

    One that is longer than the policy allows resumes by itself.
    """
    taken: list[Span] = []
    if not given.pauses_per_cycle:
        return taken
    for begin, end in sorted(asked.paused):
        if begin >= given.due(asked.start, paused=taken).at or (taken and begin < taken[-1][1]):
            continue
        if given.pause_maximum is not None:
            end = min(end, begin + given.pause_maximum)
        taken.append((begin, end))
    return taken


def _rungs(ladder: Sequence[LadderRung], due_at: datetime, asked: Question) -> Iterator[RungToCome]:
    last = due_at + timedelta(seconds=ladder[-1]["offset"])
    presence = Presence(min(asked.start, due_at), until=last)
    case = Case(
        kind=asked.kind, urgency=asked.urgency, team=asked.team, product=asked.product,
        customer=Customer(tier=asked.tier),
    )  # fmt: skip
    for rung in ladder:
        at = due_at + timedelta(seconds=rung["offset"])
        there = presence.at(at)
        if rung["kind"] == WARNING:
            people = audience.warned(case, rung, there)
        else:
            people = audience.reached(case, rung, rung["level"], there)
        if rung["kind"] == BREACH:
            people += audience.handlers(case, there)
        yield RungToCome(at, rung["kind"], rung["level"], people)


def _days_off(given: terms.Terms, start: datetime, due_at: datetime) -> Sequence[tuple[date, str]]:
    if given.unit is Unit.ELAPSED or given.edition is None:
        return []
    return calendars.days_skipped(editions.hours(given.edition), start, due_at)
