"""What a load balancer, a monitor and a page ask: is it alive, is it ready, do the timers run?"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from objections.deadlines.watching import measured
from timekeeping import clock


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
