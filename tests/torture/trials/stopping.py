"""A sweeper is stopped (SIGSTOP) while it holds the rows that it claimed."""

from __future__ import annotations

import signal
import time
from datetime import timedelta
from pathlib import Path

from tests.torture.ground import Ground, House, Row, row
from tests.torture.processes import Running, eventually
from timekeeping import clock

MOST = timedelta(seconds=3)
STOPPED = 3.5


def run(ground: Ground) -> list[Row]:
    stops = ground.some(10, 2)
    with ground.house() as house:
        well = house.fleet.clock()
        house.ready(well)
        feeder = house.feed(12)
        for number in range(stops):
            stop_and_go(house, number)
        house.fed(feeder)
        findings = house.findings()
        return [
            row("stopped while it holds rows", f"{stops}", findings, most=MOST,
                remarks=["each swept again when it was let go on"])
        ]  # fmt: skip


def stop_and_go(house: House, number: int) -> None:
    """Stop a clock with rows in its hands for longer than the rows wait; then let it go on."""
    name = f"stopped-{number}"
    process = house.fleet.start(name, "-m", "tests.torture.failpoint", "stop", str(number))
    eventually(lambda: is_stopped(process), f"{name} holds rows")
    at = clock.now()
    time.sleep(STOPPED)
    process.signal(signal.SIGCONT)
    house.comes(process, since=at)
    assert process.alive, process.log.read_text()
    process.kill()


def is_stopped(process: Running) -> bool:
    stat = Path(f"/proc/{process.popen.pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] == "T"
