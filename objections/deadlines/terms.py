"""What a promise is given: the policy in force, read once and copied into the deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

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
    of (offset or percent, level).
    """

    policy_name: str
    policy_version: int
    unit: str
    length: timedelta | None
    rungs: tuple[tuple[timedelta | int, int], ...]
    pause_maximum: timedelta | None
    pauses_per_cycle: int

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
        return [rungs[seconds] for seconds in sorted(rungs)]


def find(case: Case, promises: Iterable[Promise]) -> dict[Promise, Terms]:
    """Return the terms of each promise for this case's kind and urgency.

    The most particular allowance wins: kind and urgency, then kind, then urgency, then
    any. Raises NoPolicy where the policy in force says nothing.
    """
    wanted = list(promises)
    rows = (
        Allowance.objects.filter(
            policy__in_force=True, promise__in=wanted, kind__in=["", case.kind],
            urgency__in=["", case.urgency],
        )
        .select_related("policy")
        .prefetch_related("rungs")
    )  # fmt: skip
    best: dict[Promise, Allowance] = {}
    for row in rows:
        promise = Promise(row.promise)
        if promise not in best or _particular(row) > _particular(best[promise]):
            best[promise] = row
    for promise in wanted:
        if promise not in best:
            raise NoPolicy(promise)
    return {promise: _terms(row) for promise, row in best.items()}


def _particular(row: Allowance) -> tuple[bool, bool]:
    return (bool(row.kind), bool(row.urgency))


def _terms(row: Allowance) -> Terms:
    rungs = []
    for rung in row.rungs.all():
        when = rung.offset if rung.offset is not None else rung.percent
        if when is not None:
            rungs.append((when, rung.level))
    return Terms(
        policy_name=row.policy.name,
        policy_version=row.policy.version,
        unit=row.unit,
        length=row.length,
        rungs=tuple(rungs),
        pause_maximum=row.pause_maximum,
        pauses_per_cycle=row.pauses_per_cycle,
    )
