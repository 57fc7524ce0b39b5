"""The hosts' clocks are two hours off, each in its own direction."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from casetrack.embedded.folders import CHECKOUT
from tests.torture.ground import Ground, Row, row

MOST = timedelta(seconds=1.5)
HOURS = 2
FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib")
ASKED = "import time, datetime; print(time.time(), datetime.datetime.now().timestamp())"


def run(ground: Ground) -> list[Row]:
    seconds = ground.some(60, 12)
    ahead, behind = shifted(HOURS), shifted(-HOURS)
    off = [clock_of(one) - time.time() for one in (ahead, behind)]
    really = all(abs(abs(one) - HOURS * 3600) < 60 for one in off)
    with ground.house() as house:
        fleet = house.fleet
        sweepers = [
            fleet.clock("clock-ahead", **ahead), fleet.clock("clock-behind", **behind),
            fleet.worker("worker-ahead", **ahead), fleet.worker("worker-behind", **behind),
        ]  # fmt: skip
        fleet.beat("beat-ahead", **ahead)
        fleet.beat("beat-behind", **behind)
        house.ready(*sweepers)
        feeder = house.feed(8, **ahead)
        time.sleep(seconds)
        house.fed(feeder)
        findings = house.findings()
        fallen = fleet.fallen()
        found = library()
        with_what = f"by {found.name if found else 'a time module of ours'}"
        return [
            row(f"hosts' clocks ± {HOURS} h", f"{seconds} s", findings, most=MOST,
                also=really and not fallen,
                remarks=[f"{off[0]:+.0f} s and {off[1]:+.0f} s, {with_what}", *fallen])
        ]  # fmt: skip


def library() -> Path | None:
    """Find libfaketime, which shifts every program's clock; None where it is not installed."""
    places = (Path(folder) / "faketime" / "libfaketime.so.1" for folder in FOLDERS)
    return next((place for place in places if place.exists()), None)


def shifted(hours: int) -> dict[str, str]:
    """Return the environment of a process whose clock is so many hours off."""
    found = library()
    if found is not None:
        return {
            "LD_PRELOAD": str(found), "FAKETIME": f"{hours:+d}h",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip
    folder = CHECKOUT / "tests" / "torture" / "shifted"
    return {"PYTHONPATH": str(folder), "TORTURE_SHIFT": str(hours * 3600)}


def clock_of(environment: dict[str, str]) -> float:
    """Return what such a process takes the present to be; both of its ways must agree."""
    said = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True
    )
    first, second = (float(word) for word in said.stdout.split())
    assert abs(first - second) < 60, said.stdout
    return first
