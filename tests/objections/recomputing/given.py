"""What the tests of recomputing do to a case, and read from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from objections.deadlines import applying
from objections.deadlines.recomputing import recompute_case
from objections.deadlines.sweeping import sweep
from objections.locking import lock
from objections.models import (
    Allowance,
    Case,
    Deadline,
    Policy,
)
from objections.vocabulary import (
    EventKind,
    RecomputeCause,
    Urgency,
)
from timekeeping import editions
from timekeeping.models import Calendar, CalendarDay, CalendarYear

NEW_YEAR_S_EVE = datetime.fromisoformat("2026-12-31T15:00+08:00")


def drained(now: datetime) -> None:
    applying.drain(lambda: now)


def of_kind(case: Case, kind: EventKind) -> list[Any]:
    return list(case.events.filter(kind=kind).order_by("pk"))


def make_crisis(case: Case, now: datetime) -> list[Deadline]:
    sweep(now=now)
    Case.objects.filter(pk=case.pk).update(urgency=Urgency.CRISIS)
    return recompute_case(lock(case), RecomputeCause.RECLASSIFIED, now=now)


def crisis_in(length: timedelta) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="response", urgency="crisis", length=length
    )


def learn_2027(calendar: Calendar, now: datetime) -> None:
    CalendarDay.objects.create(calendar=calendar, on="2027-01-01", name="元旦", windows=[])
    CalendarYear.objects.create(calendar=calendar, year=2027, published_at=now)
    editions.publish(calendar, now=now)
