"""One sweeping process: says when it is ready, sweeps when it is told, says what it did.

Started as `python -m tests.bench.sweeper` by the measurement of the sweep rate.
"""

from __future__ import annotations

import sys
import time


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    from objections.deadlines import sweeping
    from timekeeping import clock

    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    rungs = sweeping.drain(clock.now)
    print(f"{rungs} {began} {time.monotonic()}", flush=True)


if __name__ == "__main__":
    main()
