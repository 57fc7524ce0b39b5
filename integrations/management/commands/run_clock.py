from __future__ import annotations

import logging
import signal
import threading
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from integrations import ping
from objections.deadlines import applying, sweeping
from timekeeping import clock

logger = logging.getLogger(__name__)

EVERY = 0.25
AGAIN = 0.5
LONGEST_SWEEP = timedelta(seconds=20)
BETWEEN_SWEEPS = timedelta(milliseconds=100)  # what is computed anew waits for what rings


class Command(BaseCommand):
    help = "Rings every clock that falls due, four times a second, without a broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="ring what is due now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        if options["once"]:
            self._look()
            return
        ping.in_background(stop)
        while not stop.is_set():
            stop.wait(EVERY if self._look_again_later() else AGAIN)
        connection.close()

    def _look_again_later(self) -> bool:
        """Look once. A lost database is waited for: False, and a new connection next time."""
        try:
            self._look()
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database does not answer: %s", str(error).strip())
            connection.close()
            return False
        return True

    def _look(self) -> None:
        """Ring what is due, then go on with what is to be computed anew."""
        sweeping.drain(clock.now, limit=LONGEST_SWEEP)
        try:
            applying.drain(clock.now, limit=BETWEEN_SWEEPS)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("clocks could not be computed anew")
