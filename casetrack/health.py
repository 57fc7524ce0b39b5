"""What a load balancer, a monitor and a page ask: is it alive, is it ready, do the timers run?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from objections.deadlines import sweeping
from timekeeping import clock
from timekeeping.models import Heartbeat

LATE = timedelta(seconds=5)
"""From here on the timers count as late."""

SILENT = timedelta(seconds=10)
"""A clock that has not looked for so long counts as late, even where nothing waits yet."""


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


def last_look(*, now: datetime) -> TimerHealth:
    """Return what the last sweep saw and how long ago that was, in one short query."""
    age = ExpressionWrapper(Now() - F("beaten_at"), DurationField())
    beat = Heartbeat.objects.filter(name=sweeping.HEARTBEAT).annotate(age=age).first()
    if beat is None:
        return TimerHealth(timedelta(0), None, now)
    return _judge(beat.lag, beat.age, now)


def measured(*, now: datetime) -> TimerHealth:
    """Return the same, with the lag measured anew: also right while nothing sweeps."""
    seen = last_look(now=now)
    return _judge(max(seen.lag, sweeping.lag(now=now)), seen.silent_for, now)


def _judge(lag: timedelta, silent_for: timedelta | None, now: datetime) -> TimerHealth:
    since = None
    if lag > LATE:
        since = now - lag
    elif silent_for is None or silent_for > SILENT:
        since = now - (silent_for or timedelta(0))
    return TimerHealth(lag, silent_for, since)


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked, so that a lost database restarts nobody."""
    return JsonResponse({"alive": True})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """This host can serve: the database answers, and its tables are those of this release."""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return JsonResponse({"database": False, "migrations": None}, status=503)
    waiting = [f"{migration.app_label}.{migration.name}" for migration, _back in plan]
    answer = {"database": True, "migrations": not waiting, "waiting": waiting}
    return JsonResponse(answer, status=503 if waiting else 200)


@require_safe
@never_cache
def timers_health(_request: HttpRequest) -> JsonResponse:
    """The clocks ring in time: 503 once the oldest alarm waits longer than five seconds."""
    try:
        health = measured(now=clock.now())
    except Error:
        return JsonResponse({"on_time": False, "lag_seconds": None}, status=503)
    silent_for = health.silent_for
    answer = {
        "on_time": not health.late,
        "lag_seconds": health.lag.total_seconds(),
        "last_look_seconds_ago": silent_for.total_seconds() if silent_for is not None else None,
    }
    return JsonResponse(answer, status=503 if health.late else 200)
