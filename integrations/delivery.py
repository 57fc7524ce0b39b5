"""Everything that waits to leave the building, handed out until nothing waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from integrations import customer_mail, customer_texts, digest_mail, notice_mail, robot_chat

LONGEST_RUN = timedelta(seconds=20)
PARTS = (customer_mail, customer_texts, notice_mail, robot_chat, digest_mail)


def deliver(clock_now: Callable[[], datetime], *, limit: timedelta = LONGEST_RUN) -> int:
    """Send what waits, customers first, and return how many messages were tried.

    Any number of processes may deliver at once: a message belongs to whoever leased it.
    ``limit`` bounds the time, so that a slow mail server does not hold a worker for ever.
    """
    started, tried = time.monotonic(), 0
    while time.monotonic() - started < limit.total_seconds():
        if not any(part.deliver_next(clock_now) for part in PARTS):
            break
        tried += 1
    return tried
