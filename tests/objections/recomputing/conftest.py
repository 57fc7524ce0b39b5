"""Another policy, a calendar of one known year, and a replay after every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

import pytest

from objections.deadlines import replaying
from objections.models import (
    Allowance,
    Case,
    Policy,
)
from objections.vocabulary import (
    Unit,
)
from tests.conftest import People
from tests.stories import HOUR
from timekeeping import editions
from timekeeping.models import Calendar, CalendarYear, WeeklyWindow


@pytest.fixture(autouse=True)
def replayed(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    """Whatever a test has done: the timelines rebuild the clocks, but where it has cheated."""
    yield
    if "tampered" not in request.fixturenames:
        for seen in replaying.verify(Case.objects.all()):
            assert seen.differences == []


@pytest.fixture
def tampered() -> None:
    """Says that a test writes rows that no timeline knows of."""


@pytest.fixture
def second(t0: datetime) -> Callable[..., Policy]:
    """Publish a second version with other lengths, as an administrator would."""

    def publish(**lengths: timedelta) -> Policy:
        old = Policy.objects.get(in_force=True)
        new = Policy.objects.create(name=old.name, version=old.version + 1)
        for row in list(old.allowances.prefetch_related("rungs")):
            rungs = list(row.rungs.all())
            row.pk, row.policy = None, new
            if row.promise in lengths and not row.kind and not row.urgency:
                row.length = lengths[row.promise]
            row.save()
            for rung in rungs:
                rung.pk, rung.allowance = None, row
                rung.save()
        Policy.objects.filter(pk=old.pk).update(in_force=False)
        Policy.objects.filter(pk=new.pk).update(in_force=True, published_at=t0)
        return Policy.objects.get(pk=new.pk)

    return publish


@pytest.fixture
def china(people: People, t0: datetime) -> Calendar:
    """Weekdays nine to six; of its years only 2026 is known."""
    calendar = Calendar.objects.create(name="Suzhou", time_zone="Asia/Shanghai", country="CN")
    for weekday in range(5):
        WeeklyWindow.objects.create(
            calendar=calendar, weekday=weekday, opens=time(9), closes=time(18)
        )
    CalendarYear.objects.create(calendar=calendar, year=2026, published_at=t0)
    editions.publish(calendar, now=t0)
    people.team.calendar = calendar
    people.team.save()
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.all().delete()
    given.unit, given.length = Unit.WORKING, 18 * HOUR
    given.save()
    return calendar
