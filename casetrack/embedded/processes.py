"""A server as a child process: started on a free port, waited for, and stopped for certain."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from casetrack.embedded.errors import EmbeddedServerError
from casetrack.embedded.folders import write_private

START_SECONDS = 60
STOP_SECONDS = 20


@contextlib.contextmanager
def running(
    command: Callable[[int], list[str]],
    answers: Callable[[int], bool],
    *,
    log: Path,
    as_user: pwd.struct_passwd | None,
    stop: signal.Signals,
) -> Iterator[int]:
    """Run one server on a free port until the block ends; give the port once it answers.

    The server has a session of its own, so that a Ctrl-C in the terminal reaches us alone and
    servers stop last; on Linux it also gets `stop` when this process dies without a word.
    """
    process, port = start(command, answers, log=log, as_user=as_user, stop=stop)
    try:
        yield port
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start(
    command: Callable[[int], list[str]],
    answers: Callable[[int], bool],
    *,
    log: Path,
    as_user: pwd.struct_passwd | None,
    stop: signal.Signals,
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server; a port that somebody else has taken meanwhile is changed for another."""
    for _attempt in range(3):
        port = free_port()
        write_private(log, "")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command(port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                env=plain_environment(),
                preexec_fn=die_with_parent(stop),
                **as_account(as_user),
            )
        give_up = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < give_up:
            if answers(port):
                return process, port
            time.sleep(0.05)
        process.kill()
        process.wait()
    tail = log.read_text(errors="replace")[-2000:]
    raise EmbeddedServerError(f"{log.stem} did not start. Its log ({log}) ends with:\n{tail}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """Ask Linux to send `stop` to the child when its parent ends; elsewhere nobody can be asked."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    set_parent_death_signal = 1
    return lambda: libc.prctl(set_parent_death_signal, int(stop)) and None


def plain_environment() -> dict[str, str]:
    """Keep what a program needs, and nothing that would tell a server of another database."""
    kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"TZ": "UTC"}


def server_user() -> pwd.struct_passwd | None:
    """Name the account PostgreSQL runs as: our own, or for root, whom it refuses, `nobody`."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def as_account(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
