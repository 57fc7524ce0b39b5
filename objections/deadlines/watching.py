"""Whether the clock keeps up: what its processes saw, and how late what waits is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from objections.deadlines import sweeping
from timekeeping.models import Heartbeat

LATE = timedelta(seconds=5)
"""From here on the timers count as late."""

SILENT = timedelta(seconds=10)
"""A clock that has not looked for so long counts as late, even where nothing waits yet."""

SKEWED = timedelta(seconds=2)
"""A host whose clock is wrong by more deserves a look. It makes no promise late."""


@dataclass(frozen=True, slots=True)
class TimerHealth:
    """How late the timers are. ``since`` is when they began to be; None while on time.

    ``silent_for`` is how long ago anything last looked, in real time; None if never.
    """

    lag: timedelta
    silent_for: timedelta | None
    since: datetime | None

    @property
    def late(self) -> bool:
        return self.since is not None


@dataclass(frozen=True, slots=True)
class Look:
    """The last look of one process: how long ago, the lag it saw, its host's clock.

    ``skew`` is how far that clock was ahead of the database's.
    """

    host: str
    process: str
    ago: timedelta
    lag: timedelta
    skew: timedelta

    @property
    def is_silent(self) -> bool:
        return self.ago > SILENT

    @property
    def is_skewed(self) -> bool:
        return abs(self.skew) > SKEWED


def looks(most: int | None = None) -> list[Look]:
    """Return the last look of each process of the last day, the newest first. One query."""
    age = ExpressionWrapper(Now() - F("beaten_at"), DurationField())
    beats = Heartbeat.objects.filter(name__startswith=f"{sweeping.HEARTBEAT} ").annotate(age=age)
    return [
        Look(beat.host, beat.name.rpartition(" ")[2], beat.age, beat.lag, beat.skew)
        for beat in beats.order_by("-beaten_at")[:most]
    ]


def last_look(*, now: datetime) -> TimerHealth:
    """Return what the newest look of any process saw and how long ago that was.

    One short query. A process that has died makes nothing late while another looks.
    """
    return judged(looks(most=1), now=now)


def measured(*, now: datetime) -> TimerHealth:
    """Return the same, with the lag measured anew: also right while nothing sweeps."""
    return judged(looks(most=1), now=now, lag=sweeping.lag(now=now))


def judged(seen: Sequence[Look], *, now: datetime, lag: timedelta = timedelta(0)) -> TimerHealth:
    """Return how late the timers are by these looks, or by a lag that was measured since."""
    if not seen:
        return TimerHealth(lag, None, now - lag)
    lag, silent_for = max(seen[0].lag, lag), seen[0].ago
    since = None
    if lag > LATE:
        since = now - lag
    elif silent_for > SILENT:
        since = now - silent_for
    return TimerHealth(lag, silent_for, since)
