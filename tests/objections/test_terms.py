"""What a policy says about a promise: how long, by which calendar, and which rungs."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from customers.models import Product, Tier
from objections.actors import Actor
from objections.deadlines.reckoning import Reckoned
from objections.deadlines.terms import Step, Terms
from objections.models import Allowance, LadderRung, Policy, Rung
from objections.vocabulary import Kind, Promise, Unit, Urgency
from tests.conftest import T0, People
from tests.objections.record import clock
from tests.stories import HOUR, MIN, open_at
from timekeeping import editions
from timekeeping.models import Calendar, WeeklyWindow

pytestmark = pytest.mark.django_db


def terms(*rungs: tuple[timedelta | int, int], **more: Any) -> Terms:
    given: dict[str, Any] = {
        "policy_name": "Standard", "policy_version": 1, "unit": Unit.ELAPSED, "length": HOUR,
        "steps": tuple(Step(*rung) for rung in rungs),
    }  # fmt: skip
    return Terms(**(given | more))


def ladder(given: Terms, length: timedelta) -> list[LadderRung]:
    return given.ladder(T0, Reckoned(T0 + length, T0 + length))


def test_a_ladder_always_has_the_due_moment_and_rings_in_order() -> None:
    assert ladder(terms(), HOUR) == [{"offset": 0.0, "kind": "breach", "level": 1}]
    given = terms((100, 2), (10 * MIN, 3), (-25, 0), (-10 * MIN, 0), (0, 1))
    assert [(rung["offset"], rung["kind"], rung["level"]) for rung in ladder(given, HOUR)] == [
        (-900.0, "warning", 0), (-600.0, "warning", 0), (0.0, "breach", 1), (600.0, "level", 3),
        (3600.0, "level", 2),
    ]  # fmt: skip


def test_a_warning_that_would_ring_before_the_start_is_left_out() -> None:
    given = terms((-30 * MIN, 0), (-10 * MIN, 0))
    assert [rung["offset"] for rung in ladder(given, 30 * MIN)] == [-600.0, 0.0]
    assert [rung["offset"] for rung in ladder(given, 10 * MIN)] == [0.0]


@pytest.mark.parametrize(
    ("night", "at", "due"),
    [
        ((time(21), time(8)), "12:59", "20:59"),
        ((time(21), time(8)), "13:00", "08:00 +1"),
        ((time(1), time(5)), "16:59", "00:59 +1"),
        ((time(1), time(5)), "17:00", "05:00 +1"),
        ((time(1), time(5)), "21:00", "05:00 +1"),
        ((time(0), time(6)), "21:59", "06:00 +1"),
        (None, "13:00", "21:00"),
    ],
)
def test_a_night_may_lie_on_either_side_of_midnight(
    night: tuple[time, time] | None, at: str, due: str
) -> None:
    given = terms(length=8 * HOUR, night=night)
    start = datetime.fromisoformat(f"2026-03-02T{at}:00+08:00")
    due_at = given.due(start)
    assert due_at.nominal == start + 8 * HOUR
    clock_time, _, next_day = due.partition(" ")
    expected = datetime.fromisoformat(f"2026-03-02T{clock_time}:00+08:00")
    assert due_at.at == expected + timedelta(days=1 if next_day else 0)


# ── which allowance wins ──────────────────────────────────────────────────────────────


def test_the_product_beats_the_team_the_team_the_tier_and_the_tier_the_kind(
    by: Actor, key_account: Any, product: Product, people: People, t0: datetime
) -> None:
    policy = Policy.objects.get()
    selectors: list[dict[str, Any]] = [
        {"product": product}, {"team": people.team}, {"tier": Tier.KEY_ACCOUNT},
        {"kind": Kind.COMPLAINT}, {"urgency": Urgency.NORMAL},
    ]  # fmt: skip
    for length, named in enumerate(selectors, 1):
        Allowance.objects.create(policy=policy, promise="response", length=length * HOUR, **named)
        case = open_at(t0, by=by, customer=key_account, product=product, team=people.team)
        assert clock(case, Promise.RESPONSE).allowance == HOUR
    without = open_at(t0, by=by, customer=key_account, team=people.team)
    assert clock(without, Promise.RESPONSE).allowance == 2 * HOUR


def test_an_allowance_for_another_team_tier_or_product_does_not_count(
    by: Actor, customer: Any, product: Product, people: People, key_account: Any, t0: datetime
) -> None:
    policy, other = Policy.objects.get(), key_account.dedicated_team
    selectors: list[dict[str, Any]] = [
        {"product": product}, {"team": other}, {"tier": Tier.KEY_ACCOUNT},
    ]  # fmt: skip
    for named in selectors:
        Allowance.objects.create(policy=policy, promise="response", length=HOUR, **named)
    case = open_at(t0, by=by, customer=customer)
    assert clock(case, Promise.RESPONSE).allowance == 24 * HOUR


def test_a_named_person_stands_in_the_ladder_beside_the_level(
    by: Actor, customer: Any, people: People, t0: datetime
) -> None:
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    Rung.objects.filter(allowance=given, level=2).update(person=people.analyst)
    rungs = clock(open_at(t0, by=by, customer=customer), Promise.RESPONSE).ladder
    assert [rung.get("person") for rung in rungs] == [None, None, None, people.analyst.pk, None]


# ── working time ──────────────────────────────────────────────────────────────────────


def working(length: timedelta, *rungs: tuple[timedelta | int, int]) -> Terms:
    return terms(*rungs, unit=Unit.WORKING, length=length, edition=editions.edition_for(None))


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def test_item_2_a_day_means_what_its_unit_says() -> None:
    friday = local("2026-03-06T17:50")
    edition = editions.edition_for(None)
    assert terms(length=24 * HOUR).due(friday).at == local("2026-03-07T17:50")
    assert working(24 * HOUR).due(friday).at == local("2026-03-11T14:50")
    days = terms(unit=Unit.DAYS, length=timedelta(days=1), edition=edition)
    assert days.due(friday).at == local("2026-03-09T18:00")


def test_rungs_of_working_time_are_counted_in_working_time() -> None:
    given = working(4 * HOUR, (-25, 0), (0, 1), (100, 2))
    start = local("2026-03-06T16:00")
    due = given.due(start)
    assert due.at == local("2026-03-09T11:00")
    moments = [
        due.at + timedelta(seconds=rung["offset"]) for rung in given.ladder(start, due)
    ]  # fmt: skip
    assert moments == [
        local("2026-03-09T10:00"), local("2026-03-09T11:00"), local("2026-03-09T15:00"),
    ]  # fmt: skip


def test_the_team_s_own_calendar_counts_for_its_cases(
    by: Actor, customer: Any, people: People, t0: datetime
) -> None:
    berlin = Calendar.objects.create(name="Kassel", time_zone="Europe/Berlin")
    for weekday in range(5):
        WeeklyWindow.objects.create(
            calendar=berlin, weekday=weekday, opens=time(8), closes=time(16)
        )
    editions.publish(berlin, now=t0)
    people.team.calendar = berlin
    people.team.save()
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.all().delete()
    given.unit, given.length = Unit.WORKING, 8 * HOUR
    given.save()
    response = clock(open_at(t0, by=by, customer=customer, team=people.team), Promise.RESPONSE)
    assert t0 == datetime.fromisoformat("2026-03-02T10:00+01:00")
    assert response.due_at == datetime.fromisoformat("2026-03-03T10:00+01:00")
    assert (response.unit, response.allowance) == (Unit.WORKING, 8 * HOUR)
    assert response.calendar is not None
    assert (response.calendar.calendar, response.calendar.version) == (berlin, 1)


def test_the_night_of_a_progress_update_is_that_of_the_team(
    by: Actor, customer: Any, people: People, t0: datetime
) -> None:
    given = terms(length=8 * HOUR, night=(time(21), time(8)), zone="Europe/Berlin")
    assert given.due(t0).at == t0 + 8 * HOUR
    assert (
        terms(length=8 * HOUR, night=(time(21), time(8)), zone="Asia/Shanghai").due(t0).at
        == t0 + 15 * HOUR
    )
