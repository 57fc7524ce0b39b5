from __future__ import annotations

import os
import socket
import subprocess
import sys

import psutil
import pytest

from casetrack.embedded.folders import CHECKOUT
from casetrack.run import Runner, port_trouble
from tests.casetrack.waiting import eventually


def test_a_free_port_gives_no_trouble() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    assert port_trouble("127.0.0.1", port) == ""


@pytest.mark.parametrize("port", ["", "eight", "0", "65536", "-1"])
def test_what_is_no_port_is_refused_in_words(port: str) -> None:
    assert "is not a port" in port_trouble("127.0.0.1", port)


def test_a_port_in_use_is_named_before_anything_is_started() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "casetrack.run"],
            cwd=CHECKOUT,
            env=os.environ | {"PORT": port, "HOST": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert "PORT=9000 make run" in done.stderr
    assert done.stdout == ""


def test_an_interrupt_while_processes_start_still_stops_them_all() -> None:
    runner = Runner()
    runner.add_process("one", "exec sleep 60")
    runner.add_process("two", "exec sleep 60")
    runner.terminate()
    runner.loop()
    assert all(process["returncode"] is not None for process in runner._processes.values())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_processes_end_with_a_run_that_was_killed() -> None:
    code = (
        "from casetrack.run import Runner\n"
        "runner = Runner()\n"
        "runner.add_process('one', 'echo $$; exec sleep 60')\n"
        "runner.loop()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-u", "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    line = next(line for line in run.stdout if " one " in line and "pid" not in line)
    child = psutil.Process(int(line.rsplit(" ", 1)[1]))
    run.kill()
    run.wait()
    eventually(lambda: not child.is_running(), seconds=10)
