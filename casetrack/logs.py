"""What the log is spared."""

from __future__ import annotations

import logging
import time

QUIET_SECONDS = 60.0


class BrokerAway(logging.Filter):
    """Says in one line a minute that ticks do not get through.

    While the broker is away Celery's beat writes a traceback for each tick, several a second,
    and hides what else is wrong. Its first line is kept; everything else it says passes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._quiet_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not str(record.msg).startswith("Message Error:"):
            return True
        if time.monotonic() < self._quiet_until:
            return False
        self._quiet_until = time.monotonic() + QUIET_SECONDS
        error = record.exc_info[1] if record.exc_info else None
        record.msg, record.args = "ticks do not get through to the broker: %s", (error,)
        record.exc_info = record.exc_text = record.stack_info = None
        return True
