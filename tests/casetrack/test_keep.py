"""A process that dies starts again, until we are told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


def wait_for(file: Path, count: int) -> list[str]:
    until = time.monotonic() + 30
    while len(lines(file)) < count:
        assert time.monotonic() < until, f"{count} starts were awaited, {lines(file)} came"
        time.sleep(0.05)
    return lines(file)


def test_a_killed_process_starts_again_and_a_stop_ends_it_for_good(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    command = f"echo $$ >> {starts}; exec sleep 600"
    keeper = subprocess.Popen([sys.executable, "-m", "casetrack.keep", command])
    try:
        [first] = wait_for(starts, 1)
        os.kill(int(first), signal.SIGKILL)
        second = wait_for(starts, 2)[1]
        keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(timeout=20) in (0, 143)
        assert not Path(f"/proc/{second}").exists() or sys.platform != "linux"
        assert len(lines(starts)) == 2
    finally:
        keeper.kill()


def test_a_stop_between_two_starts_is_heard(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    keeper = subprocess.Popen(
        [sys.executable, "-m", "casetrack.keep", f"echo x >> {starts}; exit 3"]
    )
    try:
        wait_for(starts, 1)
        time.sleep(0.3)
        keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(timeout=20) == 0
    finally:
        keeper.kill()
