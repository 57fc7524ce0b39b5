"""The one place that knows what time it is."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from timekeeping.models import SandboxClock

_REAL = "SELECT statement_timestamp()"
_SANDBOX = (
    'SELECT statement_timestamp() + coalesce((SELECT "offset" FROM timekeeping_sandboxclock), '
    "interval '0')"
)

_BEAT = """
    WITH gone AS (
        DELETE FROM timekeeping_heartbeat
        WHERE beaten_at < statement_timestamp() - interval '1 day' AND name <> %s
    )
    INSERT INTO timekeeping_heartbeat (name, host, skew, beaten_at, lag)
    VALUES (%s, %s, make_interval(secs => %s), statement_timestamp(), make_interval(secs => %s))
    ON CONFLICT (name) DO UPDATE SET
        skew = excluded.skew, beaten_at = excluded.beaten_at, lag = excluded.lag
    RETURNING beaten_at
"""
_CLAIM = """
    INSERT INTO timekeeping_heartbeat AS had (name, host, skew, beaten_at, lag)
    VALUES (%s, %s, interval '0', statement_timestamp(), interval '0')
    ON CONFLICT (name) DO UPDATE SET host = excluded.host, beaten_at = excluded.beaten_at
    WHERE had.beaten_at <= excluded.beaten_at - make_interval(secs => %s)
    RETURNING beaten_at
"""
LONGEST_ROUND_TRIP = 1.0


class SandboxIsOff(Exception):
    """Raised when somebody moves the clock of a system whose clock is real."""


def now() -> datetime:
    """Return the present moment, in UTC, by the database's clock.

    The hosts' clocks play no part, so one that is wrong can make no promise late.
    In a sandbox the stored offset is added. Only the edges ask; everything below
    them is handed the moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SANDBOX if settings.CASETRACK_SANDBOX else _REAL)
        moment: datetime = cursor.fetchone()[0]
    return moment


def offset() -> timedelta:
    """Return how far the sandbox clock is ahead; nothing where the clock is real."""
    if not settings.CASETRACK_SANDBOX:
        return timedelta(0)
    found = SandboxClock.objects.values_list("offset", flat=True).first()
    return found or timedelta(0)


@transaction.atomic
def advance(by: timedelta) -> timedelta:
    """Move the sandbox clock forward and return its new offset.

    Two people who push at once both count. Refuses a push backwards (ValueError)
    and a system that is no sandbox (SandboxIsOff).
    """
    if not settings.CASETRACK_SANDBOX:
        raise SandboxIsOff
    if by < timedelta(0):
        raise ValueError("a clock that ran backwards would unmake promises")
    SandboxClock.objects.get_or_create(id=1)
    clock = SandboxClock.objects.select_for_update().get(id=1)
    moved: timedelta = clock.offset + by
    clock.offset = moved
    clock.save(update_fields=["offset"])
    return moved


def process() -> str:
    """Return who this process is: its host, and its number there."""
    return f"{host()} {os.getpid()}"


def host() -> str:
    return (socket.gethostname() or "localhost")[:80]


def beat(name: str, *, lag: timedelta) -> None:
    """Record that this process has just looked as ``name``, and the lag that it saw.

    Each process has a row of its own, with how far its host's clock is ahead of the
    database's. Rows of processes that have been silent for a day are removed with it.
    """
    if _skew.seen is None:
        _skew.measure("SELECT statement_timestamp()", [])
    skew = _skew.seen or timedelta(0)
    own = f"{name} {process()}"
    _skew.measure(_BEAT, [own, own, host(), skew.total_seconds(), lag.total_seconds()])


def since_beat(name: str) -> timedelta | None:
    """Return how long ago any process last looked as ``name``, in real time; None if never."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_timestamp() - max(beaten_at) FROM timekeeping_heartbeat"
            " WHERE starts_with(name, %s)",
            [f"{name} "],
        )
        found: timedelta | None = cursor.fetchone()[0]
    return found


def claim(name: str, *, every: timedelta) -> bool:
    """Take a turn that only one process may have in so long a time; False if it was had.

    Of any number that ask at once, one gets it. Real time, like every heartbeat.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [name, host(), every.total_seconds()])
        return cursor.fetchone() is not None


class _Skew:
    """How far this host's clock is ahead of the database's, as its last statement showed it.

    The database says its time within one statement; half the round trip is taken off. A
    statement that took longer than a second tells too little to be counted.
    """

    seen: timedelta | None = None

    def measure(self, sql: str, values: Sequence[str | float]) -> None:
        """Run a statement that returns the database's time, and learn from it."""
        sent = time.time()
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            at: datetime = cursor.fetchone()[0]
        back = time.time()
        if self.seen is None or 0 <= back - sent < LONGEST_ROUND_TRIP:
            self.seen = datetime.fromtimestamp((sent + back) / 2, UTC) - at


_skew = _Skew()
