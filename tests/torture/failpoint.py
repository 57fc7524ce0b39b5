"""`run_clock` that falls at a chosen place of its own sweep; the product's code is untouched.

Started as `python -m tests.torture.failpoint WHERE SEED`. The place is found by listening to
the statements that Django sends: *claim* is somewhere between the rows' lock and the commit,
*commit* the instant after the commit, *stop* a SIGSTOP while the rows are held. With claim and
commit, each line on standard input is answered by one such process, forked from this one.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from random import Random
from typing import Any

LAST_STATEMENT = 8
CLAIM = "FOR NO KEY UPDATE"


class Failpoint:
    """Counts the statements after a claim that locked rows, and falls at one of them."""

    def __init__(self, where: str, rng: Random) -> None:
        self.where, self.rng = where, rng
        self.left: int | None = None

    def __call__(
        self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool,
        context: dict[str, Any],
    ) -> Any:  # fmt: skip
        result = execute(sql, parameters, many, context)
        if self.where == "never":
            return result
        if self.left is None and CLAIM in sql and context["cursor"].rowcount > 0:
            self._arm()
        elif self.left is not None and self.where != "commit":
            self.left -= 1
        if self.left == 0:
            self._fall()
        return result

    def _arm(self) -> None:
        from django.db import transaction

        if self.where == "commit":
            self.left = -1
            transaction.on_commit(self._fall)
        else:
            self.left = self.rng.randrange(LAST_STATEMENT)
            transaction.on_commit(self._disarm)

    def _disarm(self) -> None:
        """The transaction was shorter than the place chosen; the next one is tried."""
        self.left = None

    def _fall(self) -> None:
        self.left = None
        os.kill(os.getpid(), signal.SIGSTOP if self.where == "stop" else signal.SIGKILL)
        self.where = "never"


def run_clock(where: str, seed: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.execute_wrapper(Failpoint(where, Random(seed))):
        call_command("run_clock")


def main() -> None:
    import django

    django.setup()
    where, seed = sys.argv[1], int(sys.argv[2])
    if where == "stop":
        run_clock(where, seed)
        return
    print("ready", flush=True)
    for number, _line in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            run_clock(where, seed + number)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else "ended", flush=True)


if __name__ == "__main__":
    main()
