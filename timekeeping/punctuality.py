"""How late rungs rang, as a histogram: written by whoever rings, read by whoever watches."""

from __future__ import annotations

import math
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Sum

from timekeeping import clock
from timekeeping.models import Punctuality

BOUNDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0)
"""The upper bounds of the buckets, in seconds. One more takes what is later still."""

KEPT = timedelta(days=3)
EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""The hour of the rows that hold all that is older than three days, so that totals only grow."""

TIDY_EVERY = 3600.0

_ADD = """
    INSERT INTO timekeeping_punctuality AS had (process, hour, most, rungs, seconds)
    SELECT %s, %s, most, rungs, seconds
    FROM unnest(%s::float8[], %s::bigint[], %s::float8[]) AS given(most, rungs, seconds)
    ON CONFLICT (process, hour, most) DO UPDATE SET
        rungs = had.rungs + excluded.rungs, seconds = had.seconds + excluded.seconds
"""
_FOLD = """
    WITH old AS (
        SELECT id FROM timekeeping_punctuality WHERE hour < %s AND hour > %s
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM timekeeping_punctuality WHERE id IN (SELECT id FROM old)
        RETURNING most, rungs, seconds
    )
    INSERT INTO timekeeping_punctuality AS had (process, hour, most, rungs, seconds)
    SELECT '', %s, most, sum(rungs), sum(seconds) FROM gone GROUP BY most ORDER BY most
    ON CONFLICT (process, hour, most) DO UPDATE SET
        rungs = had.rungs + excluded.rungs, seconds = had.seconds + excluded.seconds
"""


class Tally:
    """Counts how late the rungs of one batch rang, and adds them up in one statement."""

    def __init__(self) -> None:
        self._rungs = [0] * (len(BOUNDS) + 1)
        self._seconds = [0.0] * (len(BOUNDS) + 1)

    def add(self, lateness: timedelta) -> None:
        """Count a rung: ``lateness`` lies between its true moment and the ringing.

        By the product's clock: a sandbox clock that is pushed on makes late what it jumped
        over, as an outage of that length would.
        """
        seconds = max(lateness.total_seconds(), 0.0)
        bucket = bisect_left(BOUNDS, seconds)
        self._rungs[bucket] += 1
        self._seconds[bucket] += seconds

    def save(self, *, now: datetime) -> None:
        """Add what was counted to this process's hour, in the caller's transaction."""
        used = [number for number, rungs in enumerate(self._rungs) if rungs]
        if not used:
            return
        hour = now.replace(minute=0, second=0, microsecond=0)
        bounds = (*BOUNDS, None)
        with connection.cursor() as cursor:
            cursor.execute(
                _ADD,
                [
                    clock.process(), hour, [bounds[number] for number in used],
                    [self._rungs[number] for number in used],
                    [self._seconds[number] for number in used],
                ],
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bucket:
    """Rungs that rang at most ``most`` seconds late, and later than the bucket before says.

    ``most`` is infinite for the last. ``seconds`` is how late they were together.
    """

    most: float
    rungs: int
    seconds: float


def histogram(*, since: datetime | None = None) -> list[Bucket]:
    """Return every bucket in its order, also empty ones, of the hours from ``since`` on.

    Without it: of all time, which only ever grows. Each hour counts whole.
    """
    rows = Punctuality.objects.all()
    if since is not None:
        rows = rows.filter(hour__gte=since.replace(minute=0, second=0, microsecond=0))
    sums = rows.order_by().values_list("most").annotate(Sum("rungs"), Sum("seconds"))
    found = {most: (rungs, seconds) for most, rungs, seconds in sums}
    return [
        Bucket(math.inf if bound is None else bound, *found.get(bound, (0, 0.0)))
        for bound in (*BOUNDS, None)
    ]


def within(buckets: Sequence[Bucket], seconds: float) -> int:
    """Return how many rang within so many seconds; ``seconds`` is one of the bounds."""
    return sum(bucket.rungs for bucket in buckets if bucket.most <= seconds)


def tidy(*, now: datetime) -> None:
    """Once an hour in each process, add up what is older than three days in a few rows.

    Nothing is forgotten by it, so a total that a monitor reads never falls.
    """
    global _tidy_at
    if time.monotonic() < _tidy_at:
        return
    _tidy_at = time.monotonic() + TIDY_EVERY
    fold(now=now)


_tidy_at = 0.0


def fold(*, now: datetime) -> None:
    """Do it at once. Any number of processes may: each row is added once."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [now - KEPT, EVER, EVER])
