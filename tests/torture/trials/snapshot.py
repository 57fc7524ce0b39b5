"""A report holds an old snapshot open, so that nothing dead is cleared away."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from django.db import connection

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from tests.bench.cloning import Spread, clone, settle
from tests.bench.polls import is_fresh_lane, old_snapshot
from tests.stories import MIN, open_at
from tests.torture import house as houses
from tests.torture.ground import Ground, Row, row
from timekeeping import clock

MOST_MS = 5.0
EVERY = 0.05


def run(ground: Ground) -> list[Row]:
    rows, seconds = ground.some(50_000, 10_000), ground.some(60, 12)
    with ground.house() as house:
        by = Actor.person(houses.engineer())
        open_at(clock.now() - MIN, by=by, customer=Customer.objects.earliest("pk"))
        clone(Spread(copies=rows // 2 - 1, open_shift="k * interval '1 millisecond'"))
        settle()
        with old_snapshot(house.fleet.database_url):
            ringing = house.fleet.clock()
            house.ready(ringing)
            house.until(lag_is_small, "the churn is rung", seconds=600, every=0.5)
            feeder = house.feed(8)
            took = poll(seconds)
            house.fed(feeder)
            findings = house.findings()
        half, most = median(took), quantiles(took, n=100)[-1]
        remark = f"{findings.rungs:,} rungs: median {half:.2f} ms, p99 {most:.2f} ms a poll"
        return [
            row("a snapshot held open", f"{len(took)}", findings,
                required=f"fresh lane ≤ {MOST_MS:g} ms a poll", also=half <= MOST_MS,
                remarks=[remark])
        ]  # fmt: skip


def lag_is_small() -> bool:
    return sweeping.lag(now=clock.now()).total_seconds() < 1


def poll(seconds: float) -> list[float]:
    """Sweep beside the others; return how long the claim of the fresh lane took, in ms."""
    took: list[float] = []

    def listen(
        execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            if is_fresh_lane(sql):
                took.append(1000 * (time.perf_counter() - began))

    until = time.monotonic() + seconds
    with connection.execute_wrapper(listen):
        while time.monotonic() < until:
            sweeping.sweep(now=clock.now())
            time.sleep(EVERY)
    return took
