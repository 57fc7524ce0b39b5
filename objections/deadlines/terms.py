"""What a promise is given: a policy's words on it, read once and copied into the deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from accounts.models import Team
from customers.models import Tier
from objections.deadlines import reckoning
from objections.deadlines.reckoning import BREACH, LEVEL, WARNING, Reckoned
from objections.models import Allowance, Case, LadderRung, Policy
from objections.vocabulary import Promise, Unit
from timekeeping import editions
from timekeeping.models import Calendar, Edition


class NoPolicy(Exception):
    """Raised when no policy in force says anything about a promise."""


class Step(NamedTuple):
    """A rung as the policy says it: an offset from the due moment or a share in percent."""

    when: timedelta | int
    level: int
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says about one promise for one case.

    ``length`` is None for a promise that brings its own due time; it is counted in
    ``unit``, working days as whole days. ``early`` brings the supervisor in one rung
    earlier, with the last warning. ``night`` is when nothing falls due, in the zone
    ``zone``. ``edition`` is the calendar, where the unit needs one.
    """

    policy_name: str
    policy_version: int
    unit: Unit
    length: timedelta | None
    steps: tuple[Step, ...]
    pause_maximum: timedelta | None = None
    pauses_per_cycle: int = 0
    pause_reasons: tuple[str, ...] = ()
    remind_every: timedelta | None = None
    remind_at_most: int = 0
    early: bool = False
    night: tuple[time, time] | None = None
    zone: str = ""
    edition: Edition | None = None

    def due(self, at: datetime, *, paused: Sequence[reckoning.Span] = ()) -> Reckoned:
        """Return when a clock started at ``at`` falls due, in UTC, for all its pauses.

        Raises NoPolicy where the promise has no length.
        """
        if self.length is None:
            raise NoPolicy(self.policy_name)
        return reckoning.reckon(
            self.unit, self.edition, at, self.length, paused=paused, night=self.night,
            zone=self.zone or settings.TIME_ZONE,
        )  # fmt: skip

    def with_own_due(self) -> Terms:
        """Return the terms of a clock that brings its own due time: its rungs run elapsed."""
        return replace(self, unit=Unit.ELAPSED, length=None, edition=None)

    def ladder(self, started_at: datetime, due: Reckoned) -> list[LadderRung]:
        """Return the rungs of a clock, in the order they ring.

        The due moment always is one of them. A warning that would ring before the
        clock starts is left out, which matters for promises with their own due time.
        """
        working = self.unit is Unit.WORKING and self.length is not None
        length = due.nominal - due.stood - started_at
        if working and self.length:
            length = self.length
        rungs: dict[float, LadderRung] = {0.0: {"offset": 0.0, "kind": BREACH, "level": 1}}
        for step in self.steps:
            own = step.when if isinstance(step.when, timedelta) else length * step.when / 100
            if -own >= length:
                continue
            seconds = own.total_seconds()
            kind = WARNING if seconds < 0 else LEVEL if seconds > 0 else BREACH
            rung: LadderRung = {"offset": seconds, "kind": kind, "level": step.level}
            if working:
                rung["own"] = seconds
            if step.person is not None:
                rung["person"] = step.person
            rungs[seconds] = rung
        ladder = [rungs[seconds] for seconds in sorted(rungs)]
        warnings = [rung for rung in ladder if rung["kind"] == WARNING]
        if self.early and warnings:
            warnings[-1]["level"] = 1
        return reckoning.lay(ladder, due.at, self.edition) if working else ladder


@dataclass(frozen=True, slots=True)
class Facts:
    """What a policy chooses by. ``team`` brings its calendar."""

    kind: str
    urgency: str
    tier: str = Tier.STANDARD
    team: Team | None = None
    product_id: int | None = None

    @classmethod
    def of(cls, case: Case) -> Facts:
        tier = case.customer.tier if case.customer is not None else Tier.STANDARD
        return cls(case.kind, case.urgency, tier, case.team, case.product_id)


class Line(NamedTuple):
    """An allowance with one of its rungs, or none. Read like this in a single query."""

    id: int
    promise: str
    kind: str
    urgency: str
    tier: str
    team_id: int | None
    product_id: int | None
    unit: str
    length: timedelta | None
    days: int | None
    pause_maximum: timedelta | None
    pauses_per_cycle: int
    pause_reasons: list[str]
    night_from: time | None
    night_until: time | None
    remind_every: timedelta | None
    remind_at_most: int
    policy__name: str
    policy__version: int
    rungs__offset: timedelta | None
    rungs__percent: int | None
    rungs__level: int | None
    rungs__person_id: int | None

    def fits(self, facts: Facts) -> bool:
        """True where each selector is empty or names what the case has."""
        team_id = facts.team.pk if facts.team is not None else None
        return (
            self.kind in ("", facts.kind)
            and self.urgency in ("", facts.urgency)
            and self.tier in ("", facts.tier)
            and self.team_id in (None, team_id)
            and self.product_id in (None, facts.product_id)
        )

    @property
    def particular(self) -> tuple[bool, ...]:
        """How particular its selectors are: the larger wins."""
        named = (self.product_id, self.team_id, self.tier, self.kind, self.urgency)
        return tuple(bool(selector) for selector in named)


def find(case: Case, promises: Iterable[Promise]) -> dict[Promise, Terms]:
    """Return the terms of each promise for this case under the policy in force.

    The most particular allowance wins: one that names the product, then the team, the
    customer's tier, the kind, the urgency. Raises NoPolicy where the policy in force says
    nothing.
    """
    wanted = list(promises)
    facts = Facts.of(case)
    lines = _lines(Q(policy__in_force=True, promise__in=wanted) & _may_fit(facts))
    return choose(list(lines), facts, wanted)


def of(policy: Policy, facts: Facts, promises: Iterable[Promise]) -> dict[Promise, Terms]:
    """Return the terms of each promise under this policy, in force or not.

    Raises NoPolicy where it says nothing about one of them.
    """
    return choose(lines_of(policy), facts, promises)


def lines_of(policy: Policy) -> list[Line]:
    """Return all that a policy says, read once for many cases."""
    return list(_lines(Q(policy=policy)))


Editions = dict[int | None, Edition]
"""The newest edition of each calendar, so that many cases ask once."""


def choose(
    lines: Iterable[Line],
    facts: Facts,
    promises: Iterable[Promise],
    known: Editions | None = None,
) -> dict[Promise, Terms]:
    """Return the terms that these lines give to these facts; see ``find``."""
    best: dict[Promise, list[Line]] = {}
    for line in lines:
        promise = Promise(line.promise)
        if not line.fits(facts):
            continue
        if promise not in best or line.particular > best[promise][0].particular:
            best[promise] = [line]
        elif line.id == best[promise][0].id:
            best[promise].append(line)
    wanted = list(promises)
    for promise in wanted:
        if promise not in best:
            raise NoPolicy(promise)
    editions_read = {} if known is None else known
    return {promise: _terms(best[promise], facts, editions_read) for promise in wanted}


def _may_fit(facts: Facts) -> Q:
    return (
        Q(kind__in=["", facts.kind], urgency__in=["", facts.urgency], tier__in=["", facts.tier])
        & (Q(team=None) | Q(team=facts.team))
        & (Q(product=None) | Q(product=facts.product_id))
    )


def _lines(chosen: Q) -> Iterator[Line]:
    rows = Allowance.objects.filter(chosen).order_by("id", "rungs__id")
    return (Line(*row) for row in rows.values_list(*Line._fields))


def _edition(calendar: Calendar | None, known: Editions) -> Edition:
    key = calendar.pk if calendar is not None else None
    if key not in known:
        known[key] = editions.edition_for(calendar)
    return known[key]


def _terms(lines: list[Line], facts: Facts, known: Editions) -> Terms:
    said = lines[0]
    unit = Unit(said.unit)
    days = timedelta(days=said.days) if said.days is not None else None
    calendar = facts.team.calendar if facts.team is not None else None
    return Terms(
        policy_name=said.policy__name,
        policy_version=said.policy__version,
        unit=unit,
        length=days if unit is Unit.DAYS else said.length,
        steps=tuple(_steps(lines)),
        pause_maximum=said.pause_maximum,
        pauses_per_cycle=said.pauses_per_cycle,
        pause_reasons=tuple(said.pause_reasons),
        remind_every=said.remind_every,
        remind_at_most=said.remind_at_most,
        early=facts.tier == Tier.KEY_ACCOUNT,
        night=(said.night_from, said.night_until) if said.night_from and said.night_until else None,
        zone=calendar.time_zone if calendar is not None else settings.TIME_ZONE,
        edition=_edition(calendar, known) if unit is not Unit.ELAPSED else None,
    )


def _steps(lines: Iterable[Line]) -> Iterator[Step]:
    for line in lines:
        when = line.rungs__offset if line.rungs__offset is not None else line.rungs__percent
        if when is not None and line.rungs__level is not None:
            yield Step(when, line.rungs__level, line.rungs__person_id)


__all__ = ["BREACH", "LEVEL", "WARNING", "Facts", "NoPolicy", "Terms", "choose", "find", "of"]
