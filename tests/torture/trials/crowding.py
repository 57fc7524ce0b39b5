"""Everything that rings, twice and more, at once."""

from __future__ import annotations

import time

from tests.torture.ground import Ground, Row, row
from tests.torture.processes import CLOCK


def run(ground: Ground) -> list[Row]:
    """Two beats, three workers, two clocks, and the command by hand, again and again."""
    seconds = ground.some(60, 12)
    with ground.house() as house:
        fleet = house.fleet
        workers = [fleet.worker(f"worker-{number}") for number in range(3)]
        clocks = [fleet.clock("clock-1"), fleet.clock("clock-2")]
        for number in range(2):
            fleet.beat(f"beat-{number}")
        house.ready(*workers, *clocks)
        feeder = house.feed(8)
        until, by_hand = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            once = fleet.start(f"by-hand-{by_hand}", *CLOCK, "--once")
            assert once.popen.wait(60) == 0, once.log.read_text()
            fleet.running.remove(once)
            by_hand += 1
        house.fed(feeder)
        findings = house.findings()
        fallen = fleet.fallen()
        return [
            row("2 beats, 3 workers, 2 clocks, by hand", f"{seconds} s", findings,
                required="each rung once", also=not fallen,
                remarks=[f"by hand {by_hand} times", *fallen])
        ]  # fmt: skip
