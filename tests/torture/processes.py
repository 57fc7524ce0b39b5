"""The product's own programs as processes, each known to the database by a name."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from casetrack.embedded.folders import CHECKOUT
from casetrack.embedded.processes import die_with_parent, free_port

READY_SECONDS = 90.0
CELERY = ("-m", "celery", "--quiet", "--app", "casetrack")
CLOCK = ("manage.py", "run_clock")
BEAT = (*CELERY, "beat", "--loglevel", "warning", "--pidfile=")
WORKER = (
    *CELERY, "worker", "--concurrency", "1", "--loglevel", "warning", "--without-gossip",
    "--without-mingle",
)  # fmt: skip


@dataclass
class Running:
    """One process in a group of its own, so that a kill takes its children along."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    popen: subprocess.Popen[str]
    killed: bool = False

    def signal(self, number: signal.Signals) -> None:
        if self.alive:  # the number of one that has gone may belong to somebody else by now
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, number)

    def kill(self) -> None:
        """End it without a word, as the kernel does when memory runs out."""
        self.killed = True
        self.signal(signal.SIGKILL)
        self.popen.wait()

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None


@dataclass
class Fleet:
    """Starts processes with one environment, and ends every one of them."""

    folder: Path
    environment: dict[str, str]
    database_url: str
    running: list[Running] = field(default_factory=list)

    def start(self, name: str, *command: str, **more: str) -> Running:
        """Start a Python command under a name; its words go to a log of that name."""
        environment = {
            **os.environ, **self.environment, **more,
            "DATABASE_URL": f"{self.database_url}?application_name={name}",
            "DJANGO_SETTINGS_MODULE": "tests.torture.settings",
        }  # fmt: skip
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            popen = subprocess.Popen(
                [sys.executable, *command], cwd=CHECKOUT, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, text=True,
                start_new_session=True, preexec_fn=die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        started = Running(name, command, more, log, popen)
        self.running.append(started)
        return started

    def clock(self, name: str = "clock", **more: str) -> Running:
        return self.start(name, *CLOCK, **more)

    def worker(self, name: str, queues: str = "clock,mail", **more: str) -> Running:
        return self.start(name, *WORKER, "--queues", queues, "--hostname", f"{name}@%h", **more)

    def beat(self, name: str = "beat", **more: str) -> Running:
        return self.start(name, *BEAT, **more)

    def web(self, name: str = "web", **more: str) -> tuple[Running, int]:
        port = free_port()
        command = (
            "-m", "gunicorn", "casetrack.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
            "--threads", "4", "--log-level", "warning", "--no-control-socket",
        )  # fmt: skip
        return self.start(name, *command, **more), port

    def again(self, old: Running) -> Running:
        """Start a process anew under its old name, as a supervisor does."""
        self.running.remove(old)
        return self.start(old.name, *old.command, **old.environment)

    def end(self) -> None:
        for process in self.running:
            process.kill()
            for pipe in (process.popen.stdin, process.popen.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()
        self.running.clear()

    def fallen(self) -> list[str]:
        """Name those that ended by themselves, with the end of what they said."""
        return [
            f"{process.name} ended with {process.popen.returncode}:"
            f" {process.log.read_text(errors='replace')[-600:]}"
            for process in self.running
            if not process.alive and not process.killed
        ]


def eventually(
    holds: Callable[[], bool], what: str, seconds: float = READY_SECONDS, every: float = 0.02
) -> float:
    """Wait until something holds; return how long that took. Raises where it never does."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(every)
    return time.monotonic() - began
