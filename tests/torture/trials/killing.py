"""A sweeping process is killed: at random, between claim and commit, right after the commit."""

from __future__ import annotations

import signal
import time
from datetime import timedelta

from tests.torture.ground import Ground, House, Row, heard, row
from tests.torture.processes import Running
from timekeeping import clock

MOST = timedelta(seconds=1.5)
KILLED = str(int(signal.SIGKILL))


def run(ground: Ground) -> list[Row]:
    return [
        at_random(ground),
        at_a_place(ground, "claim", "killed between claim and commit"),
        at_a_place(ground, "commit", "killed right after the commit"),
    ]


def at_random(ground: Ground) -> Row:
    """Kill one of two workers and two clocks at a time, and let a supervisor start it again."""
    kills = ground.some(100, 10)
    with ground.house() as house:
        sweepers = start_sweepers(house)
        feeder = house.feed(6)
        slowest = 0.0
        for _kill in range(kills):
            time.sleep(house.rng.uniform(0, 0.6))
            victim = house.rng.choice(sweepers)
            at = clock.now()
            victim.kill()
            sweepers.remove(victim)
            sweepers.append(house.fleet.again(victim))
            slowest = max(slowest, house.comes(sweepers[-1], since=at))
        said = house.fed(feeder)
        findings = house.findings()
        remark = f"{said['opened']} cases opened; back after {slowest:.1f} s at the longest"
        return row("killed -9 at random", f"{kills}", findings, most=MOST, remarks=[remark])


def start_sweepers(house: House) -> list[Running]:
    fleet = house.fleet
    sweepers = [fleet.worker("worker-1"), fleet.worker("worker-2"), fleet.clock("clock-1"),
                fleet.clock("clock-2")]  # fmt: skip
    fleet.beat()
    house.ready(*sweepers)
    return sweepers


def at_a_place(ground: Ground, where: str, fault: str) -> Row:
    """Let one clock after the other fall at the place, beside one that stays well."""
    falls = ground.some(50, 10)
    with ground.house() as house:
        clock_process = house.fleet.clock()
        house.ready(clock_process)
        doomed = house.fleet.start("doomed", "-m", "tests.torture.failpoint", where, "7")
        heard(doomed)
        feeder = house.feed(12)
        answers = []
        for _fall in range(falls):
            assert doomed.popen.stdin is not None
            doomed.popen.stdin.write("go\n")
            doomed.popen.stdin.flush()
            answers.append(heard(doomed))
        house.fed(feeder)
        findings = house.findings()
        fell = answers.count(KILLED)
        return row(fault, f"{fell}", findings, most=MOST, also=fell == falls)
