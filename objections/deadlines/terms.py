"""What a promise is given: the policy in force, read once and copied into the deadline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from objections.models import Allowance, Case, LadderRung
from objections.vocabulary import Promise

BREACH = "breach"
WARNING = "warning"
LEVEL = "level"


class NoPolicy(Exception):
    """Raised when no policy in force says anything about a promise."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says about one promise for one case.

    ``length`` is None for a promise that brings its own due time. ``rungs`` are pairs
    of (offset or percent, level). ``early`` brings the supervisor in one rung earlier,
    with the last warning. ``night`` is when nothing falls due, in local time.
    """

    policy_name: str
    policy_version: int
    unit: str
    length: timedelta | None
    rungs: tuple[tuple[timedelta | int, int], ...]
    pause_maximum: timedelta | None
    pauses_per_cycle: int
    early: bool = False
    night: tuple[time, time] | None = None

    def due(self, at: datetime) -> tuple[datetime, datetime]:
        """Return when a clock started at ``at`` is due by its length, and when it falls due.

        The two differ where the first lies in the night. Both are in UTC. Raises NoPolicy
        where the promise has no length.
        """
        if self.length is None:
            raise NoPolicy(self.policy_name)
        nominal = at + self.length
        return nominal, self._morning(nominal) or nominal

    def _morning(self, moment: datetime) -> datetime | None:
        """Return the end of the night that a moment lies in, if it does."""
        if self.night is None:
            return None
        begins, ends = self.night
        local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
        clock = local.time()
        over_midnight = begins > ends
        late = clock >= begins and (over_midnight or clock < ends)
        if not late and not (over_midnight and clock < ends):
            return None
        day = local.date() + timedelta(days=1) if late and over_midnight else local.date()
        return datetime.combine(day, ends, local.tzinfo).astimezone(UTC)

    def ladder(self, length: timedelta) -> list[LadderRung]:
        """Return the rungs for an allowance of this length, in the order they ring.

        The due moment always is one of them. A warning that would ring before the
        clock starts is left out, which matters for promises with their own due time.
        """
        rungs: dict[float, LadderRung] = {0.0: {"offset": 0.0, "kind": BREACH, "level": 1}}
        for when, level in self.rungs:
            offset = when if isinstance(when, timedelta) else length * when / 100
            if -offset >= length:
                continue
            seconds = offset.total_seconds()
            kind = WARNING if seconds < 0 else LEVEL if seconds > 0 else BREACH
            rungs[seconds] = {"offset": seconds, "kind": kind, "level": level}
        ladder = [rungs[seconds] for seconds in sorted(rungs)]
        warnings = [rung for rung in ladder if rung["kind"] == WARNING]
        if self.early and warnings:
            warnings[-1]["level"] = 1
        return ladder


def find(case: Case, promises: Iterable[Promise]) -> dict[Promise, Terms]:
    """Return the terms of each promise for this case's kind and urgency.

    The most particular allowance wins: kind and urgency, then kind, then urgency, then
    any. Raises NoPolicy where the policy in force says nothing.
    """
    wanted = list(promises)
    best: dict[Promise, list[Line]] = {}
    for line in _lines(case, wanted):
        promise = Promise(line.promise)
        if promise not in best or _particular(line) > _particular(best[promise][0]):
            best[promise] = [line]
        elif line.id == best[promise][0].id:
            best[promise].append(line)
    for promise in wanted:
        if promise not in best:
            raise NoPolicy(promise)
    early = case.customer is not None and case.customer.is_key_account
    return {promise: _terms(lines, early=early) for promise, lines in best.items()}


class Line(NamedTuple):
    """An allowance with one of its rungs, or none. Read like this in a single query."""

    id: int
    promise: str
    kind: str
    urgency: str
    unit: str
    length: timedelta | None
    pause_maximum: timedelta | None
    pauses_per_cycle: int
    night_from: time | None
    night_until: time | None
    policy__name: str
    policy__version: int
    rungs__offset: timedelta | None
    rungs__percent: int | None
    rungs__level: int | None


def _lines(case: Case, promises: list[Promise]) -> Iterator[Line]:
    rows = Allowance.objects.filter(
        policy__in_force=True, promise__in=promises, kind__in=["", case.kind],
        urgency__in=["", case.urgency],
    )  # fmt: skip
    return (Line(*row) for row in rows.order_by("id", "rungs__id").values_list(*Line._fields))


def _particular(line: Line) -> tuple[bool, bool]:
    return (bool(line.kind), bool(line.urgency))


def _terms(lines: list[Line], *, early: bool) -> Terms:
    rungs = []
    for line in lines:
        when = line.rungs__offset if line.rungs__offset is not None else line.rungs__percent
        if when is not None and line.rungs__level is not None:
            rungs.append((when, line.rungs__level))
    said = lines[0]
    night = (said.night_from, said.night_until) if said.night_from and said.night_until else None
    return Terms(
        policy_name=said.policy__name,
        policy_version=said.policy__version,
        unit=said.unit,
        length=said.length,
        rungs=tuple(rungs),
        pause_maximum=said.pause_maximum,
        pauses_per_cycle=said.pauses_per_cycle,
        early=early,
        night=night,
    )
