"""A clock of working time or working days: how it is shown, and why it is due when it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone, translation

from customers.models import Customer
from objections import explained, steps
from objections.actors import Actor
from objections.clockface import Clock, ClockState, face, not_started
from objections.deadlines.explaining import Explanation, Start, explain
from objections.deadlines.recomputing import recompute_case
from objections.locking import lock
from objections.models import Allowance, Case, Deadline, Policy
from objections.services.stepping import take_step
from objections.vocabulary import PauseReason, Promise, RecomputeCause, Unit, Urgency
from tests.conftest import People
from tests.stories import DAY, HOUR, MIN, open_at
from timekeeping import editions
from timekeeping.models import Calendar, CalendarDay, CalendarYear

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
BEFORE_THE_HOLIDAY = datetime(2026, 9, 30, 8, 0, tzinfo=UTC)  # Wednesday, 16:00 in Shanghai


@pytest.fixture(autouse=True)
def in_shanghai() -> Iterator[None]:
    with timezone.override("Asia/Shanghai"), translation.override("en"):
        yield


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def known_year() -> Calendar:
    """The calendar of the house with National Day 2026 off and the Saturday after it worked."""
    calendar = Calendar.objects.get(is_default=True)
    CalendarYear.objects.create(calendar=calendar, year=2026, published_at=MONDAY)
    for day in range(1, 8):
        CalendarDay.objects.create(calendar=calendar, on=date(2026, 10, day), name="国庆节")
    CalendarDay.objects.create(
        calendar=calendar, on=date(2026, 10, 10), windows=[["09:00", "18:00"]], name="调休"
    )
    editions.publish(calendar, now=MONDAY)
    return calendar


def respond_in(unit: Unit, length: timedelta | None = None, days: int | None = None) -> None:
    rows = Allowance.objects.filter(policy__in_force=True, promise="response")
    rows.update(unit=unit, length=length, days=days)


def response(case: Case) -> Deadline:
    return case.deadlines.get(promise=Promise.RESPONSE)


def why(case: Case, now: datetime) -> Explanation:
    return explain(response(case), now=now)


def said(told: Explanation, language: str = "en") -> str:
    with translation.override(language):
        return explained.joined(explained.sentences(told))


def figure(clock: Clock) -> str:
    before, parts, after = clock.figure()
    middle = " ".join(f"{number} {unit}" for number, unit in parts)
    return " ".join(piece for piece in (before, middle, after) if piece)


# The clock


def test_item_2_a_track_of_working_time_shows_the_time_from_start_to_due(
    by: Actor, customer: Customer, known_year: Calendar
) -> None:
    respond_in(Unit.WORKING, 12 * HOUR)
    deadline = response(open_at(MONDAY, by=by, customer=customer))
    assert deadline.due_at == MONDAY + DAY + 3 * HOUR
    clock = face(deadline, now=MONDAY + DAY)
    assert clock.track == DAY + 3 * HOUR
    assert clock.used == pytest.approx(100 * 24 / 27, abs=0.1)
    assert figure(clock) == "3 h 00 min left"
    assert all(0 < gap < 100 for gap in clock.gaps)
    assert face(deadline, now=MONDAY).used == 0
    assert face(deadline, now=MONDAY + 2 * DAY).used == 100


def test_item_2_an_allowance_is_said_with_its_unit(
    by: Actor, customer: Customer, known_year: Calendar
) -> None:
    respond_in(Unit.WORKING, 4 * HOUR)
    kept = response(open_at(MONDAY, by=by, customer=customer))
    kept.kept_at = MONDAY + HOUR
    clock = face(kept, now=MONDAY + DAY)
    assert (figure(clock), clock.words()) == ("1 h", ("Kept", "of 4 working hours"))
    respond_in(Unit.DAYS, days=2)
    to_come = not_started(Promise.FOLLOW_UP, 2 * DAY, now=MONDAY, unit=Unit.DAYS)
    assert figure(to_come) == "2 working days"
    odd = not_started(Promise.FOLLOW_UP, 90 * MIN, now=MONDAY, unit=Unit.WORKING)
    assert figure(odd) == "1 h 30 min"
    plain = not_started(Promise.ACKNOWLEDGEMENT, 15 * MIN, now=MONDAY)
    assert figure(plain) == "15 min"
    with translation.override("zh-hans"):
        assert figure(to_come).endswith("2 个工作日")
        assert face(kept, now=MONDAY + DAY).words()[1] == "限 4 工作小时"


def test_item_10_a_paused_clock_of_working_time_says_that_working_time_is_left(
    by: Actor, customer: Customer, known_year: Calendar
) -> None:
    respond_in(Unit.WORKING, 30 * HOUR)
    case = open_at(MONDAY, by=by, customer=customer)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_step(case, pause, by=by, now=MONDAY + 3 * HOUR)
    clock = face(response(case), now=MONDAY + 4 * HOUR)
    assert clock.state is ClockState.PAUSED
    assert figure(clock) == "27 h left"
    assert clock.words() == ("Paused", "working time, resumes 20:00")
    assert "27 h of working time left" in clock.label
    assert clock.used == pytest.approx(10, abs=0.1)
    assert "27 h of working time are left when it runs on." in said(why(case, MONDAY + 4 * HOUR))


# The sum


@pytest.mark.parametrize(
    ("unit", "length", "days"),
    [
        (Unit.ELAPSED, 24 * HOUR, None),
        (Unit.WORKING, 12 * HOUR, None),
        (Unit.WORKING, 9 * HOUR, None),
        (Unit.DAYS, None, 2),
    ],
)
def test_item_21_the_sum_is_checked_in_the_unit_of_the_clock(
    by: Actor, customer: Customer, known_year: Calendar, unit: Unit, length: Any, days: Any
) -> None:
    respond_in(unit, length, days)
    case = open_at(MONDAY + 30 * MIN, by=by, customer=customer)
    assert why(case, MONDAY + HOUR).adds_up
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_step(case, pause, by=by, now=MONDAY + HOUR)
    assert why(case, MONDAY + 2 * HOUR).adds_up
    take_step(case, steps.Resume(), by=by, now=MONDAY + 2 * HOUR)
    told = why(case, MONDAY + 3 * HOUR)
    assert told.adds_up
    told.deadline.due_at = told.due_at + timedelta(seconds=1)
    assert not explain(told.deadline, now=MONDAY + 3 * HOUR).adds_up


def test_item_21_the_calendar_its_version_and_what_it_left_out_are_said(
    by: Actor, customer: Customer, known_year: Calendar
) -> None:
    respond_in(Unit.WORKING, 21 * HOUR)
    case = open_at(BEFORE_THE_HOLIDAY, by=by, customer=customer)
    told = why(case, BEFORE_THE_HOLIDAY + MIN)
    assert told.due_at == datetime(2026, 10, 10, 2, 0, tzinfo=UTC)
    assert told.adds_up
    assert told.counting is not None
    assert told.counting.made_up == (date(2026, 10, 10),)
    assert said(told) == (
        "The customer called today 16:00. We promise cause and solution within 21 working hours."
        " Only working time counts, by the calendar “Standard”, version 2."
        " Not counted: nights, 国庆节 1 October to 7 October."
        " Worked to make up for a day off: 10 October. So it is due 10 Oct 10:00."
    )
    assert said(told, "zh-hans") == (
        "今天 16:00，客户来电。我们答应 21 工作小时内给出原因和方案。"
        "只计工作时间，依据日历“Standard”第 2 版。"
        "未计入：夜间、国庆节 10 月 1 日至 10 月 7 日。"
        "调休上班：10 月 10 日。所以是10 月 10 日 10:00。"
    )


def test_item_21_working_days_are_said_as_days(
    by: Actor, customer: Customer, known_year: Calendar
) -> None:
    respond_in(Unit.DAYS, days=4)
    told = why(open_at(MONDAY + DAY, by=by, customer=customer), MONDAY + DAY + MIN)
    assert "within 4 working days." in said(told)
    assert "It runs to the end of the working day, by the calendar “Standard”, version 2." in said(
        told
    )
    assert "Not counted: the weekend." in said(told)


def test_item_7_a_year_that_is_not_published_is_said_to_move_it_still(
    by: Actor, customer: Customer
) -> None:
    respond_in(Unit.WORKING, 4 * HOUR)
    told = why(open_at(MONDAY, by=by, customer=customer), MONDAY + MIN)
    assert told.deadline.is_provisional
    assert said(told).endswith("The calendar of 2026 is not published yet: this may change.")
    assert said(told, "zh-hans").endswith("2026 年的日历尚未发布，到期时间可能会变。")


def test_item_7_a_year_that_is_published_says_nothing_of_that(
    by: Actor, customer: Customer, known_year: Calendar
) -> None:
    respond_in(Unit.WORKING, 4 * HOUR)
    told = why(open_at(MONDAY, by=by, customer=customer), MONDAY + MIN)
    assert "not published" not in said(told)


# What made it move


def crisis(case: Case, length: timedelta, now: datetime, by: Actor) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(in_force=True), promise="response", urgency="crisis",
        length=length,
    )  # fmt: skip
    step = steps.Reclassify(reason="Line 2 stands still", urgency=Urgency.CRISIS)
    take_step(case, step, by=by, now=now)


def test_item_21_a_recomputation_says_who_changed_what_when_and_when_it_was_due_before(
    people: People, customer: Customer
) -> None:
    boss = Actor.person(people.supervisor)
    case = open_at(MONDAY, by=Actor.person(people.engineer), customer=customer)
    crisis(case, 6 * HOUR, MONDAY + HOUR, boss)
    told = why(case, MONDAY + 2 * HOUR)
    [change] = told.changes
    assert (change.cause, change.was, change.due_at) == (
        RecomputeCause.RECLASSIFIED, MONDAY + DAY, MONDAY + 6 * HOUR,
    )  # fmt: skip
    assert told.adds_up
    assert (
        "Supervisor changed kind or urgency today 10:00; until then it was due tomorrow 09:00."
        " So it is due today 15:00."
    ) in said(told)
    assert "Supervisor 于今天 10:00 更改了类型或紧急程度，此前到期时间为明天 09:00。" in said(
        told, "zh-hans"
    )


def test_item_11_what_only_a_change_made_overdue_is_said_so(
    people: People, customer: Customer
) -> None:
    case = open_at(MONDAY, by=Actor.person(people.engineer), customer=customer)
    crisis(case, HOUR, MONDAY + 3 * HOUR, Actor.person(people.supervisor))
    told = why(case, MONDAY + 4 * HOUR)
    assert told.changes[0].by_change
    assert "Only by this change did it become overdue." in said(told)
    assert "仅因这次更改才逾期。" in said(told, "zh-hans")


def test_item_21_a_clock_that_nobody_changed_tells_of_no_change(
    by: Actor, customer: Customer
) -> None:
    case = open_at(MONDAY, by=by, customer=customer)
    assert why(case, MONDAY + HOUR).changes == ()
    recompute_case(lock(case), RecomputeCause.POLICY, now=MONDAY + 2 * HOUR)
    assert why(case, MONDAY + 3 * HOUR).changes == ()


def test_item_13_a_start_that_a_merged_case_brought_names_that_case(
    people: People, by: Actor, customer: Customer
) -> None:
    boss = Actor.person(people.supervisor)
    older = open_at(MONDAY, by=by, customer=customer)
    case = open_at(MONDAY + HOUR, by=by, customer=customer)
    merge = steps.Merge(into=case.reference, reason="The same pump")
    take_step(older, merge, by=boss, now=MONDAY + 2 * HOUR)
    told = why(case, MONDAY + 3 * HOUR)
    assert told.start is Start.MERGED
    assert told.adds_up
    assert said(told).startswith(
        f"The customer spoke today 09:00: that was {older.reference}, which was merged into"
        " this case."
    )
    gone = why(Case.objects.get(pk=older.pk), MONDAY + 3 * HOUR)
    assert f"when the case was merged into {case.reference}, and is not counted" in said(gone)
    take_step(
        Case.objects.get(pk=older.pk), steps.Unmerge(reason="Another pump"), by=boss,
        now=MONDAY + 4 * HOUR,
    )  # fmt: skip
    assert why(case, MONDAY + 5 * HOUR).start is Start.SPOKE
    again = why(Case.objects.get(pk=older.pk), MONDAY + 5 * HOUR)
    assert again.revived_at == MONDAY + 4 * HOUR
    assert "It had ended with a merge, which was undone today 13:00." in said(again)


# Page and API


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_item_21_the_page_tells_calendar_change_and_sum(
    people: People, customer: Customer, known_year: Calendar, language: str
) -> None:
    respond_in(Unit.WORKING, 21 * HOUR)
    case = open_at(BEFORE_THE_HOLIDAY, by=Actor.person(people.engineer), customer=customer)
    crisis(case, 6 * HOUR, BEFORE_THE_HOLIDAY + HOUR, Actor.person(people.supervisor))
    browser = Browser(headers={"accept-language": language})
    browser.force_login(people.auditor)
    page = browser.get(
        f"/cases/{case.reference}/deadlines/{response(case).pk}/explain/"
    ).content.decode()
    wanted = {
        "en": ["Computed anew", "Supervisor changed kind or urgency", "The sum was checked"],
        "zh-hans": ["重新计算", "更改了类型或紧急程度", "已按记录核对"],
    }
    for words in wanted[language]:
        assert words in page


def test_item_21_a_program_reads_unit_calendar_and_recomputations(
    people: People, customer: Customer, known_year: Calendar
) -> None:
    respond_in(Unit.WORKING, 21 * HOUR)
    case = open_at(BEFORE_THE_HOLIDAY, by=Actor.person(people.engineer), customer=customer)
    browser = Browser()
    browser.force_login(people.auditor)
    path = f"/api/v1/cases/{case.reference}/deadlines/{response(case).pk}/explain/"
    told = browser.get(path).json()
    assert told["deadline"]["unit"] == "working"
    assert told["deadline"]["calendar"] == {"name": "Standard", "version": 2}
    assert told["deadline"]["provisional"] is False
    assert told["counting"]["days_off"] == [
        {"first": "2026-10-01", "last": "2026-10-07", "name": "国庆节"}
    ]
    assert told["adds_up"] is True
    assert told["recomputations"] == []
    crisis(case, 6 * HOUR, BEFORE_THE_HOLIDAY + HOUR, Actor.person(people.supervisor))
    [change] = browser.get(path).json()["recomputations"]
    assert change["cause"] == "reclassified"
    assert change["by"]["username"] == "supervisor"
    assert change["was"] == "2026-10-10T02:00:00Z"
