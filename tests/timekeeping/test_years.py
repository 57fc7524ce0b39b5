"""Years of calendars, filled from libraries of public holidays."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.timekeeping.notices import days_off, make_up_days
from timekeeping import clock, years
from timekeeping.calendars import BadCalendar, add, days_skipped, end_of_working_day
from timekeeping.editions import edition_for, hours, publish
from timekeeping.models import Calendar, CalendarDay
from timekeeping.public_holidays import PlaceUnknown

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, tzinfo=UTC)
HOURS = [["09:00", "12:00"], ["13:00", "18:00"]]


def site(country: str, zone: str, **more: object) -> Calendar:
    calendar = Calendar.objects.create(
        name=f"{country} {more}", time_zone=zone, country=country, **more
    )
    for weekday in range(5):
        calendar.windows.create(weekday=weekday, opens=time(9), closes=time(12))
        calendar.windows.create(weekday=weekday, opens=time(13), closes=time(18))
    publish(calendar, now=NOW)
    return calendar


@pytest.fixture
def suzhou() -> Calendar:
    return site("CN", "Asia/Shanghai")


def special(calendar: Calendar, year: int) -> dict[date, list[list[str]]]:
    days = calendar.days.filter(on__year=year)
    return {day.on: day.windows for day in days}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_item_6_chinas_years_are_those_of_the_official_notices(suzhou: Calendar, year: int) -> None:
    years.fill(suzhou, [year], now=NOW)
    filled = special(suzhou, year)
    assert {day for day, windows in filled.items() if not windows} == set(days_off(year))
    assert [day for day, windows in sorted(filled.items()) if windows] == make_up_days(year)


def test_item_6_a_make_up_saturday_is_worked_like_a_weekday(suzhou: Calendar) -> None:
    edition = years.fill(suzhou, [2026], now=NOW).edition
    assert edition is not None
    assert edition.content["days"]["2026-02-14"] == HOURS
    friday_evening = datetime(2026, 2, 13, 9, tzinfo=UTC)  # 17:00 in Suzhou
    # One hour on Friday, one on the make-up Saturday.
    due = add(hours(edition), friday_evening, timedelta(hours=2))
    assert due == (datetime(2026, 2, 14, 2, tzinfo=UTC), False)
    assert end_of_working_day(hours(edition), friday_evening, 1).at == datetime(
        2026, 2, 14, 10, tzinfo=UTC
    )


def test_holidays_are_named_in_chinese_and_english_with_their_source(suzhou: Calendar) -> None:
    years.fill(suzhou, [2026], now=NOW)
    day = suzhou.days.get(on=date(2026, 10, 1))
    assert day.name == "国庆节 · National Day"
    assert day.source == suzhou.years.get(year=2026).source
    assert day.source.startswith("chinesecalendar 1.")
    assert "调休" in suzhou.days.get(on=date(2026, 10, 10)).name
    skipped = days_skipped(
        hours(edition_for(suzhou)), datetime(2026, 9, 30, 9, tzinfo=UTC),
        datetime(2026, 10, 8, 3, tzinfo=UTC),
    )  # fmt: skip
    assert [day for day, _name in skipped] == [date(2026, 10, n) for n in (1, 2, 5, 6, 7)]


def test_item_7_a_year_that_is_not_announced_is_not_published_and_said_so(suzhou: Calendar) -> None:
    said = StringIO()
    call_command("publish_years", "--years", "2026", "2039", stdout=said)
    assert "CN {}: 2039 not published, chinesecalendar" in said.getvalue()
    assert edition_for(suzhou).content["years"] == [2026]
    assert not suzhou.days.filter(on__year=2039).exists()


def test_without_being_told_it_fills_last_year_this_one_and_the_next() -> None:
    calendar = site("DE", "Europe/Berlin", subdivision="BY")
    call_command("publish_years", stdout=StringIO())
    this = clock.now().year
    assert edition_for(calendar).content["years"] == [this - 1, this, this + 1]


def test_item_6_half_day_holidays_are_worked_until_noon() -> None:
    calendar = site("GR", "Europe/Athens")
    years.fill(calendar, [2026], now=NOW)
    content = edition_for(calendar).content
    assert content["days"]["2026-12-24"] == [["09:00", "12:00"]]
    assert content["days"]["2026-12-25"] == []
    assert "Christmas Eve" in content["names"]["2026-12-24"]


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    bavaria, berlin = (site("DE", "Europe/Berlin", subdivision=part) for part in ("BY", "BE"))
    for calendar in (bavaria, berlin):
        years.fill(calendar, [2026], now=NOW)
    epiphany, women = date(2026, 1, 6), date(2026, 3, 8)
    assert epiphany in special(bavaria, 2026)
    assert women not in special(bavaria, 2026)
    assert epiphany not in special(berlin, 2026)
    assert women in special(berlin, 2026)


def test_what_was_entered_or_edited_by_hand_is_never_overwritten(suzhou: Calendar) -> None:
    years.fill(suzhou, [2026], now=NOW)
    half = [["09:00", "12:00"]]
    suzhou.days.filter(on=date(2026, 10, 1)).update(windows=half, source="", name="Stocktaking")
    suzhou.days.create(on=date(2026, 10, 2), windows=half, is_one_off=True, name="Delivery")
    suzhou.days.create(on=date(2026, 3, 9), windows=[], name="Founder's Day")
    publish(suzhou, now=NOW)
    assert years.fill(suzhou, [2026], now=NOW).edition is None
    days = edition_for(suzhou).content["days"]
    assert (days["2026-10-01"], days["2026-10-02"], days["2026-03-09"]) == (half, half, [])


def test_a_year_published_by_hand_is_left_alone(suzhou: Calendar) -> None:
    suzhou.years.create(year=2026, published_at=NOW)
    publish(suzhou, now=NOW)
    filled = years.fill(suzhou, [2026], now=NOW)
    assert filled.by_hand == [2026]
    assert not suzhou.days.exists()


def test_a_day_that_the_library_takes_back_goes(suzhou: Calendar) -> None:
    suzhou.days.create(on=date(2026, 6, 1), windows=[], source="chinesecalendar 1.0.0")
    suzhou.days.create(on=date(2026, 6, 2), windows=[])
    publish(suzhou, now=NOW)
    days = years.fill(suzhou, [2026], now=NOW).edition
    assert days is not None
    assert "2026-06-01" not in days.content["days"]
    assert days.content["days"]["2026-06-02"] == []


def test_a_second_run_changes_nothing(suzhou: Calendar) -> None:
    first = years.fill(suzhou, [2025, 2026], now=NOW).edition
    rows = sorted(CalendarDay.objects.values_list("pk", "on", "windows"))
    assert years.fill(suzhou, [2025, 2026], now=NOW + timedelta(days=9)).edition is None
    assert edition_for(suzhou) == first
    assert sorted(CalendarDay.objects.values_list("pk", "on", "windows")) == rows
    assert set(suzhou.years.values_list("published_at", flat=True)) == {NOW}


def test_edits_that_wait_are_not_put_into_force_along_with_a_year(suzhou: Calendar) -> None:
    suzhou.windows.filter(weekday=4).delete()
    filled = years.fill(suzhou, [2026], now=NOW)
    assert filled.waits
    assert filled.edition is None
    assert edition_for(suzhou).version == 1
    assert suzhou.days.filter(on__year=2026).exists()


def test_a_place_that_nobody_knows_changes_nothing_and_fails_the_command(suzhou: Calendar) -> None:
    nowhere = site("DE", "Europe/Berlin", subdivision="XX")
    with pytest.raises(PlaceUnknown):
        years.fill(nowhere, [2026], now=NOW)
    with pytest.raises(CommandError, match="XX"):
        call_command("publish_years", "--years", "2026", stdout=StringIO(), stderr=StringIO())
    assert not nowhere.days.exists()
    assert edition_for(suzhou).content["years"] == [2026]  # the others are filled all the same


def test_an_outcome_that_cannot_be_put_into_force_changes_nothing(suzhou: Calendar) -> None:
    suzhou.windows.all().delete()
    suzhou.windows.create(weekday=3, opens=time(9), closes=time(18))
    suzhou.days.create(on=date(2026, 9, 19), windows=[["20:00", "10:00"]])
    publish(suzhou, now=NOW)
    with pytest.raises(BadCalendar) as raised:  # the make-up Sunday begins at nine
        years.fill(suzhou, [2026], now=NOW)
    assert raised.value.field == "days.2026-09-20"
    assert suzhou.days.count() == 1
    assert not suzhou.years.exists()


@pytest.mark.parametrize("year", ["0", "20260"])
def test_a_number_that_is_no_year_is_refused(year: str) -> None:
    with pytest.raises(CommandError, match="Not a year"):
        call_command("publish_years", "--years", year)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_fill_a_year_once(suzhou: Calendar) -> None:
    troubles: list[BaseException] = []

    def run(asked: Iterable[int]) -> None:
        try:
            years.fill(suzhou, asked, now=NOW)
        except BaseException as trouble:  # noqa: BLE001 - told to the test
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=([2025, 2026],)) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert suzhou.editions.count() == 2
    assert suzhou.days.filter(on__year=2026).count() == len(days_off(2026)) + 6
