"""Waiting for what happens in another process."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(happens: Callable[[], bool], *, seconds: float) -> None:
    """Return as soon as it happens; fail after so many seconds of the machine's own clock."""
    give_up = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < give_up, f"did not happen within {seconds} s"
        time.sleep(0.05)
