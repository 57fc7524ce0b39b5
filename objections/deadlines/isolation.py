"""Setting apart an alarm that cannot be rung, so that it stops nobody else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import InterfaceError, OperationalError, transaction

from objections.models import Deadline, Escalation

logger = logging.getLogger(__name__)

QUARANTINE_FIRST = timedelta(seconds=30)
QUARANTINE_LONGEST = timedelta(hours=1)
MOST_FAILURES = 30
Row = TypeVar("Row", Deadline, Escalation)


def isolating(
    rows: Sequence[Row],
    act: Callable[[Sequence[Row]], int],
    load: Callable[[Iterable[int]], list[Row]],
    now: datetime,
) -> int:
    """Ring rows that are locked already. One that raises is set apart, the others ring."""
    if not rows:
        return 0
    try:
        with transaction.atomic():
            return act(rows)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever one row raises, the others ring
        if len(rows) == 1:
            _quarantine(rows[0], error, now)
            return 0
    half = len(rows) // 2
    parts = [[row.pk for row in part] for part in (rows[:half], rows[half:])]
    return sum(isolating(load(pks), act, load, now) for pks in parts)


def _quarantine(row: Deadline | Escalation, error: Exception, now: datetime) -> None:
    """Push a row aside that cannot be rung, for longer each time, and keep the reason."""
    table = type(row)
    logger.exception("%s %s could not be rung", table.__name__, row.pk, exc_info=error)
    failures, since = table._default_manager.values_list("failures", "quarantined_at").get(
        pk=row.pk
    )
    table._default_manager.filter(pk=row.pk).update(
        failures=min(failures + 1, MOST_FAILURES),
        quarantined_at=since or now,
        failure=f"{type(error).__name__}: {error}"[:300],
        alarm_at=now + min(QUARANTINE_FIRST * 2**failures, QUARANTINE_LONGEST),
    )
