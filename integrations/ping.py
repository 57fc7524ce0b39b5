"""The dead-man's ping: an outside monitor hears of us while all is well, and acts when it does not.

Nothing is sent while the timers are late, so whatever breaks, down to the whole building, the
monitor notices by itself.
"""

from __future__ import annotations

import logging
import threading
import urllib.request
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection

from objections.deadlines import watching
from timekeeping import clock

logger = logging.getLogger(__name__)

NAME = "ping"
EVERY = timedelta(seconds=60)
TIMEOUT = 10.0
LOOK_EVERY = 2.0


class Pinger:
    """Sends the ping of one process, and remembers whether the last one failed."""

    def __init__(self) -> None:
        self._failing = False

    def ping(self) -> bool:
        """Send a GET to the monitor if the timers are on time and nobody has within a minute.

        Of any number of processes one sends. Returns whether the monitor took it. Raises
        nothing of what goes wrong on the way there; the first of a row of failures is
        logged, and the end of the row.
        """
        url = settings.CASETRACK_PING_URL
        if not url or watching.measured(now=clock.now()).late:
            return False
        if not clock.claim(NAME, every=EVERY):
            return False
        try:
            _get(url)
        except Exception as error:  # noqa: BLE001 - whatever a monitor does is none of the clock's
            self._failed(error)
            return False
        if self._failing:
            logger.info("the monitor takes our pings again")
        self._failing = False
        return True

    def _failed(self, error: Exception) -> None:
        if not self._failing:
            logger.warning("the monitor did not take our ping: %s", error)
        self._failing = True


def _get(url: str) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "Casetrack"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310 - http by the settings
        pass


def in_background(stop: threading.Event) -> threading.Thread | None:
    """Ping beside a process's own work until ``stop``; None where no monitor is set.

    The thread has a database connection of its own and ends with the process, so neither
    a monitor nor a database that hangs ever holds the clock.
    """
    if not settings.CASETRACK_PING_URL:
        return None
    thread = threading.Thread(target=_keep_pinging, args=[stop], name=NAME, daemon=True)
    thread.start()
    return thread


def _keep_pinging(stop: threading.Event) -> None:
    pinger = Pinger()
    while not stop.wait(LOOK_EVERY):
        try:
            pinger.ping()
        except Error:  # the clock itself says that the database is away
            connection.close()
    connection.close()
