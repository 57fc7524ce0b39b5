"""What the log is spared."""

from __future__ import annotations

import logging
import re
import time

QUIET_SECONDS = 60.0
KEY_OF_A_LINK = re.compile(r"(/c/)[^/?#\s\"']+")


def without_keys(words: str) -> str:
    """Return words without the part of a customer's address that opens their page."""
    return KEY_OF_A_LINK.sub(r"\1***", words)


class Plain(logging.Formatter):
    """Writes a line that opens nobody's page, whatever address it speaks of."""

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(super().format(record))


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
