"""The database falls over and comes back, under everything that uses it."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import OperationalError, connection

from tests.torture.asking import Asking, asking
from tests.torture.ground import Ground, House, Row, row
from tests.torture.processes import Running, eventually
from timekeeping import clock

RESTARTS = 3
BACK = 3.0


def run(ground: Ground) -> list[Row]:
    with ground.house() as house:
        fleet = house.fleet
        _web, port = fleet.web()
        users = [fleet.worker("worker-1"), fleet.worker("worker-2"), fleet.clock("clock-1"),
                 fleet.clock("clock-2")]  # fmt: skip
        fleet.beat()
        house.ready(*users)
        feeder = house.feed(6)
        with asking(port) as asked:
            seen = [fall_over(ground, house, users, asked) for _time in range(RESTARTS)]
        said = house.fed(feeder)
        findings = house.findings()
        fallen = fleet.fallen()
        away, back = max(one[0] for one in seen), max(one[1] for one in seen)
        most = timedelta(seconds=round(away + BACK, 1))
        return [
            row("pg_ctl -m immediate, and start", f"{RESTARTS}", findings, most=most,
                required=f"back ≤ {BACK:g} s", also=back <= BACK and not fallen,
                remarks=[f"away for {away:.1f} s, everybody back {back:.2f} s after it answered",
                         f"{said['away']} writes were refused meanwhile", *asked.words, *fallen])
        ]  # fmt: skip


def fall_over(
    ground: Ground, house: House, users: list[Running], asked: Asking
) -> tuple[float, float]:
    """Crash the server and start it; return how long it was away, and all others after it."""
    time.sleep(3)
    began = time.monotonic()
    ground.postgres.stop_at_once()
    connection.close()
    time.sleep(1)
    ground.postgres.start()
    back = time.monotonic()
    at = clock.now()
    missing = {user.name for user in users}

    def all_there() -> bool:
        try:
            missing.difference_update(house.connected(since=at - timedelta(seconds=1)))
        except OperationalError:
            connection.close()
        return not missing

    eventually(all_there, f"{missing} come back", seconds=30)
    workers = time.monotonic() - back
    return back - began, max(workers, asked.first_good(back))
