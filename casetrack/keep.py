"""`python -m casetrack.keep COMMAND`: keeps one process running, whatever ends it.

A worker that dies is started again, after a second at first and ten at most, so that the demo
outlives what production's own supervisor would outlive. SIGTERM and SIGINT end both.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from types import FrameType

from casetrack.embedded.processes import die_with_parent

FIRST_WAIT, LONGEST_WAIT = 1.0, 10.0
SETTLED = 30.0  # seconds after which a process counts as having come up


class Keeper:
    """Runs a shell command again and again until it is told to stop."""

    def __init__(self, command: str) -> None:
        self.command = command
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping = False

    def stop(self, number: int, _frame: FrameType | None) -> None:
        self.stopping = True
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(number)

    def run(self) -> int:
        """Return the command's last answer once we were told to stop."""
        wait = FIRST_WAIT
        while True:
            began = time.monotonic()
            self.child = subprocess.Popen(
                ["/bin/sh", "-c", self.command],
                preexec_fn=die_with_parent(signal.SIGTERM),
                start_new_session=True,  # a stop of the whole group reaches it once, through us
            )
            answer = self.child.wait()
            if self.stopping:
                return max(answer, 0)
            wait = FIRST_WAIT if time.monotonic() - began > SETTLED else min(wait * 2, LONGEST_WAIT)
            print(f"ended with {answer}; starts again in {wait:.0f} s", flush=True)
            self.rest(wait)
            if self.stopping:
                return 0

    def rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(0.1)


def main() -> int:
    keeper = Keeper(" ".join(sys.argv[1:]))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, keeper.stop)
    return keeper.run()


if __name__ == "__main__":
    sys.exit(main())
