"""The one place that knows what time it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from timekeeping.models import SandboxClock

_REAL = "SELECT statement_timestamp()"
_SANDBOX = (
    'SELECT statement_timestamp() + coalesce((SELECT "offset" FROM timekeeping_sandboxclock), '
    "interval '0')"
)


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


def beat(name: str, *, lag: timedelta) -> None:
    """Record that ``name`` has just looked, and the lag it saw. May race with itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO timekeeping_heartbeat (name, host, skew, beaten_at, lag)"
            " VALUES (%s, '', interval '0', statement_timestamp(), make_interval(secs => %s))"
            " ON CONFLICT (name) DO UPDATE SET beaten_at = excluded.beaten_at, lag = excluded.lag",
            [name, lag.total_seconds()],
        )


def since_beat(name: str) -> timedelta | None:
    """Return how long ago ``name`` last looked, in real time; None if it never did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_timestamp() - beaten_at FROM timekeeping_heartbeat WHERE name = %s",
            [name],
        )
        row = cursor.fetchone()
    return row[0] if row else None
