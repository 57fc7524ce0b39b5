"""A year that was not known: clocks that ran into it follow it, once it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines import reckoning
from objections.deadlines.explaining import explain
from objections.deadlines.sweeping import sweep
from objections.models import (
    Allowance,
    Escalation,
    Recomputation,
)
from objections.services.stepping import take_steps
from objections.vocabulary import (
    EventKind,
    PauseReason,
    Promise,
    RecomputeCause,
    Stage,
    Unit,
)
from tests.objections.recomputing.given import (
    NEW_YEAR_S_EVE,
    drained,
    learn_2027,
    of_kind,
)
from tests.objections.record import clock
from tests.stories import DAY, HOUR, MIN, open_at, walk_to
from timekeeping import editions
from timekeeping.models import Calendar, CalendarDay, Edition

pytestmark = pytest.mark.django_db


def test_item_7_what_runs_into_an_unknown_year_is_provisional_and_follows_it(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = open_at(NEW_YEAR_S_EVE, by=by, customer=customer)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.is_provisional
    assert deadline.due_at == datetime.fromisoformat("2027-01-04T15:00+08:00")
    known_at = NEW_YEAR_S_EVE + HOUR
    learn_2027(china, known_at)
    drained(known_at)
    deadline = clock(case, Promise.RESPONSE)
    assert not deadline.is_provisional
    assert deadline.due_at == datetime.fromisoformat("2027-01-05T15:00+08:00")
    [event] = of_kind(case, EventKind.DEADLINE_RECOMPUTED)
    assert event.data["cause"] == RecomputeCause.CALENDAR
    drained(known_at + HOUR)
    assert Recomputation.objects.count() == 1


def test_item_7_a_breach_that_only_the_unknown_year_made_is_withdrawn(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = walk_to(Stage.CONFIRM, NEW_YEAR_S_EVE, by=by, customer=customer)
    late_at = datetime.fromisoformat("2027-01-04T15:01+08:00")
    sweep(now=late_at)
    assert clock(case, Promise.RESPONSE).breached_at is not None
    learn_2027(china, late_at)
    drained(late_at)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.breached_at is None
    assert deadline.due_at == datetime.fromisoformat("2027-01-05T15:00+08:00")
    assert not Escalation.objects.get(deadline=deadline).is_open
    assert len(of_kind(case, EventKind.BREACH_WITHDRAWN)) == 1
    sweep(now=datetime.fromisoformat("2027-01-05T15:01+08:00"))
    again = clock(case, Promise.RESPONSE)
    assert again.breached_at == again.due_at


def test_item_7_an_edition_that_moves_nothing_provisional_moves_nothing(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    before = clock(case, Promise.RESPONSE).due_at
    CalendarDay.objects.create(
        calendar=china, on="2026-03-03", name="Typhoon", windows=[], is_one_off=True
    )
    editions.publish(china, now=t0 + HOUR)
    drained(t0 + HOUR)
    assert clock(case, Promise.RESPONSE).due_at == before
    assert not of_kind(case, EventKind.DEADLINE_RECOMPUTED)


def test_item_7_a_clock_that_runs_again_later_follows_the_newest_edition(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = walk_to(Stage.CONFIRM, NEW_YEAR_S_EVE - 36 * HOUR, by=by, customer=customer)
    assert not clock(case, Promise.RESPONSE).is_provisional
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=NEW_YEAR_S_EVE - 4 * HOUR)
    learn_2027(china, NEW_YEAR_S_EVE - 3 * HOUR)
    drained(NEW_YEAR_S_EVE - 3 * HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=NEW_YEAR_S_EVE)
    assert clock(case, Promise.RESPONSE).is_provisional
    drained(NEW_YEAR_S_EVE)
    deadline = clock(case, Promise.RESPONSE)
    assert not deadline.is_provisional
    assert deadline.calendar is not None
    assert deadline.calendar.version == 2


def test_item_7_every_rung_rings_again_after_a_false_breach(
    by: Actor, customer: Any, china: Calendar
) -> None:
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    for offset, level in ((-2 * HOUR, 0), (HOUR, 2), (3 * HOUR, 3)):
        given.rungs.create(offset=offset, level=level)
    case = walk_to(Stage.CONFIRM, NEW_YEAR_S_EVE, by=by, customer=customer)
    false_due = datetime.fromisoformat("2027-01-04T15:00+08:00")
    at = false_due + HOUR + MIN
    sweep(now=at)
    assert clock(case, Promise.RESPONSE).rung == 3
    learn_2027(china, at)
    drained(at)
    deadline = clock(case, Promise.RESPONSE)
    coming = [deadline.moment_of(index) for index in range(deadline.rung, len(deadline.ladder))]
    true_due = datetime.fromisoformat("2027-01-05T15:00+08:00")
    assert coming == [
        true_due - 2 * HOUR, true_due, true_due + HOUR, true_due + 3 * HOUR,
    ]  # fmt: skip
    assert deadline.shift == timedelta(0)


def test_two_editions_at_once_lead_to_the_newer_one(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = open_at(NEW_YEAR_S_EVE, by=by, customer=customer)
    learn_2027(china, NEW_YEAR_S_EVE)
    CalendarDay.objects.create(calendar=china, on="2027-01-04", name="Typhoon", windows=[])
    editions.publish(china, now=NEW_YEAR_S_EVE)
    drained(NEW_YEAR_S_EVE)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == datetime.fromisoformat("2027-01-06T15:00+08:00")
    assert deadline.calendar is not None
    assert deadline.calendar.version == 3


def test_hours_that_never_last_so_long_lose_no_case(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    edition = editions.edition_for(china)
    content = edition.content | {"weekly": [[] for _ in range(7)]}
    content["days"] = {"2026-03-03": [["09:00", "10:00"]]}
    Edition.objects.create(calendar=china, version=9, recorded_at=t0, content=content)
    deadline = clock(open_at(t0, by=by, customer=customer), Promise.RESPONSE)
    assert deadline.is_provisional
    assert deadline.due_at == t0 + 18 * HOUR
    days = Allowance.objects.get(promise="response", kind="", urgency="")
    days.unit, days.length, days.days = Unit.DAYS, None, 2
    days.save()
    deadline = clock(open_at(t0, by=by, customer=customer), Promise.RESPONSE)
    assert (deadline.is_provisional, deadline.due_at) == (True, t0 + 2 * DAY)


def test_a_clock_that_stands_still_can_be_explained_though_nobody_works_any_more(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    content = editions.edition_for(china).content | {"weekly": [[] for _ in range(7)]}
    content["days"] = {"2026-03-03": [["09:00", "10:00"]]}
    Edition.objects.create(calendar=china, version=9, recorded_at=t0, content=content)
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    wait = steps.Pause(reason=PauseReason.CUSTOMER, evidence="x")
    take_steps(case, [wait], by=by, now=t0 + HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.remaining == HOUR  # all that is worked before the elapsed end
    later = t0 + 2 * DAY
    assert reckoning.if_run_on(deadline, later) == later + HOUR
    assert explain(deadline, now=t0 + 2 * HOUR) is not None
