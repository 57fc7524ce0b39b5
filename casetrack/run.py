"""`make run`: the servers, the set-up, and every process of the Procfile under one Ctrl-C.

The servers start first and stop last. Whatever ends this process (Ctrl-C, SIGTERM, a closed
terminal), nothing it has started stays behind; a process of its own that dies starts again.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.process import Popen, Process

from casetrack.embedded.errors import EmbeddedServerError
from casetrack.embedded.folders import CHECKOUT, addresses_file, data_folder, write_private
from casetrack.embedded.processes import die_with_parent
from casetrack.embedded.servers import Addresses, servers

INTERRUPTED = 128 + signal.SIGINT
WEB_SECONDS = 60


def main() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    trouble = port_trouble(host, port)
    if trouble:
        print(trouble, file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casetrack.settings.development")
    os.environ.setdefault("CASETRACK_BASE_URL", f"http://{visible(host)}:{port}")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: sys.exit(128 + number))
    try:
        with servers(data_folder()) as addresses, told(addresses):
            card = set_up()
            return run(host, port, card)
    except EmbeddedServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def port_trouble(host: str, port: str) -> str:
    """Say what is wrong with the port that pages are to be served on; nothing means free."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        return (
            f"PORT={port} is not a port. Give a number from 1 to 65535, as in: PORT=9000 make run"
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            return (
                f"Port {port} on {host} cannot be used ({error.strerror}): something else may"
                " be running there. Stop it, or choose another, as in: PORT=9000 make run"
            )
    return ""


@contextmanager
def told(addresses: Addresses) -> Iterator[None]:
    """Tell our processes, and other commands of this checkout, where the servers answer."""
    os.environ.update(addresses.as_environment())
    data_folder().mkdir(mode=0o755, parents=True, exist_ok=True)
    write_private(addresses_file(), json.dumps(addresses.as_environment()))
    try:
        yield
    finally:
        addresses_file().unlink(missing_ok=True)


def set_up() -> str:
    """Bring database, demo and static files up to date; give the card that tells who is who."""
    import django
    from django.core.management import call_command
    from django.db import connections

    from casetrack import translations
    from casetrack.static import collect_changed

    django.setup()
    step("translations", translations.compile_all)
    step("database", lambda: call_command("migrate", interactive=False, verbosity=1))
    step("calendars", lambda: call_command("publish_years"))
    step("demo data", lambda: call_command("seed_demo"))
    step("static files", collect_changed)
    card = io.StringIO()
    call_command("demo_card", stdout=card)
    connections.close_all()
    return card.getvalue()


def step(name: str, do: Callable[[], object]) -> None:
    """Do one step of the set-up, and say so before and after."""
    print(f"── {name}", flush=True)
    began = time.monotonic()
    do()
    print(f"   {name}: {time.monotonic() - began:.1f} s", flush=True)


def run(host: str, port: str, card: str) -> int:
    """Run the Procfile until Ctrl-C, each process kept up; the servers still answer then."""
    manager = Runner()
    for name, command in parse_procfile((CHECKOUT / "Procfile").read_text()).processes.items():
        kept = f"exec {shlex.quote(sys.executable)} -m casetrack.keep {shlex.quote(command)}"
        manager.add_process(name, kept, cwd=str(CHECKOUT))
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    greeting = threading.Thread(target=greet, args=(host, int(port), card), daemon=True)
    greeting.start()
    try:
        manager.loop()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("Stopped. The data is kept; `make run` goes on from here.", flush=True)
    return 0 if manager.returncode in (INTERRUPTED, 128 + signal.SIGTERM) else 1


class Tied(Process):  # type: ignore[misc] # honcho is untyped
    """A process that ends with this run even where the run itself is killed (on Linux)."""

    def run(self, *args: object, **kwargs: object) -> None:
        """Start the command from the go-between that honcho has made for it."""
        tie_go_between = die_with_parent(signal.SIGKILL)
        if tie_go_between is not None:
            tie_go_between()
        self._child_ctor = partial(Popen, preexec_fn=die_with_parent(signal.SIGTERM))
        super().run(*args, **kwargs)


class Runner(Manager):  # type: ignore[misc] # honcho is untyped
    """Honcho's runner, which may also be interrupted while its processes are still starting."""

    def __init__(self) -> None:
        super().__init__()
        self._process_ctor = Tied

    def terminate(self) -> None:
        if self._all_started():
            super().terminate()
        else:
            threading.Timer(0.1, self.terminate).start()


def visible(host: str) -> str:
    """Name an address where a site bound to `host` can be looked at from this machine."""
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound


def greet(host: str, port: int, card: str) -> None:
    """Print address and people once the site answers, below what has been logged so far."""
    address = visible(host)
    give_up = time.monotonic() + WEB_SECONDS
    while time.monotonic() < give_up:
        with suppress(OSError), socket.create_connection((address, port), timeout=1):
            print(f"\n{card}\nCtrl-C stops all.", flush=True)
            return
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
