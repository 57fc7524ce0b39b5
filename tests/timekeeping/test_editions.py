"""Calendars as they are put into force."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from timekeeping.calendars import BadCalendar, add
from timekeeping.editions import edition_for, hours, publish, standing
from timekeeping.models import Calendar, Edition, WeeklyWindow

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday, 09:00 in Shanghai


@pytest.fixture
def site() -> Calendar:
    calendar = Calendar.objects.create(name="Suzhou", time_zone="Asia/Shanghai")
    for weekday in range(5):
        calendar.windows.create(weekday=weekday, opens=time(8), closes=time(17))
    return calendar


def refused(calendar: Calendar) -> BadCalendar:
    before = Edition.objects.count()
    with pytest.raises(BadCalendar) as raised:
        publish(calendar, now=NOW)
    assert Edition.objects.count() == before
    return raised.value


def test_a_published_calendar_is_what_clocks_run_by(site: Calendar) -> None:
    edition = publish(site, now=NOW)
    assert (edition.version, edition.recorded_at) == (1, NOW)
    assert edition_for(site) == edition
    assert add(hours(edition), NOW, timedelta(hours=8)).at == NOW + timedelta(hours=8)


def test_what_is_edited_counts_for_nothing_until_it_is_published(site: Calendar) -> None:
    first = publish(site, now=NOW)
    site.days.create(on=date(2026, 3, 2), name="Stocktaking", windows=[], is_one_off=True)
    assert edition_for(site) == first
    assert standing(site).told == "Changed since version 1"
    second = publish(site, now=NOW)
    assert second.version == 2
    assert edition_for(site) == second
    assert standing(site).told == "Version 2 is in force"
    assert add(hours(second), NOW, timedelta(hours=8)).at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert add(hours(first), NOW, timedelta(hours=8)).at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_nothing_changed_gives_the_edition_that_is_in_force(site: Calendar) -> None:
    assert publish(site, now=NOW) == publish(site, now=NOW + timedelta(days=1))
    assert site.editions.count() == 1


def test_item_6_a_one_off_beats_the_holiday_of_the_same_day(site: Calendar) -> None:
    day = date(2026, 10, 1)
    site.days.create(on=day, name="Stocktaking", windows=[["10:00", "12:00"]], is_one_off=True)
    site.days.create(on=day, name="National Day", windows=[])
    content = publish(site, now=NOW).content
    assert content["days"] == {"2026-10-01": [["10:00", "12:00"]]}
    assert content["names"] == {"2026-10-01": "Stocktaking"}


def test_a_calendar_waits_for_its_years_only_if_it_has_a_country(site: Calendar) -> None:
    assert publish(site, now=NOW).content["awaits_years"] is False
    site.country = "CN"
    site.save()
    site.years.create(year=2026, published_at=NOW)
    content = publish(site, now=NOW).content
    assert (content["awaits_years"], content["years"]) == (True, [2026])


def test_a_team_without_a_calendar_has_the_default_one(site: Calendar) -> None:
    default = edition_for(None)
    assert default.calendar.is_default
    assert edition_for(site) == default  # never published, so not in force


def test_item_8_a_calendar_in_which_nobody_ever_works_is_refused() -> None:
    site = Calendar.objects.create(name="Closed", time_zone="Asia/Shanghai")
    assert refused(site).field == "weekly"
    site.days.create(on=date(2026, 3, 1), windows=[["08:00", "17:00"]], is_one_off=True)
    assert refused(site).field == "weekly"  # all its working time has passed
    site.days.create(on=date(2026, 3, 3), windows=[["08:00", "17:00"]], is_one_off=True)
    assert refused(site).field == "weekly"  # a single day is no future
    for day in range(4, 9):
        site.days.create(on=date(2026, 3, day), windows=[["08:00", "17:00"]], is_one_off=True)
    assert publish(site, now=NOW).version == 1


def test_a_day_in_a_year_without_a_calendar_is_refused(site: Calendar) -> None:
    for year in (1900, 9999):
        day = site.days.create(on=date(year, 12, 31), windows=[], is_one_off=True)
        assert str(year) in refused(site).reason
        day.delete()


def test_windows_that_overlap_are_refused(site: Calendar) -> None:
    site.windows.create(weekday=0, opens=time(16, 59), closes=time(20))
    trouble = refused(site)
    assert trouble.field == "weekly.0"
    assert "16:59–20:00" in trouble.reason
    site.windows.filter(opens=time(16, 59)).update(opens=time(17))
    assert publish(site, now=NOW).version == 1


def test_item_6_a_night_window_that_runs_into_the_next_days_is_refused(site: Calendar) -> None:
    site.windows.create(weekday=2, opens=time(22), closes=time(8, 1))
    assert refused(site).field == "weekly.3"
    site.windows.filter(opens=time(22)).update(closes=time(8))
    assert publish(site, now=NOW).version == 1


def test_a_sundays_night_window_that_runs_into_monday_is_refused(site: Calendar) -> None:
    site.windows.create(weekday=6, opens=time(9), closes=time(9))
    assert refused(site).field == "weekly.0"


def test_a_special_day_that_overlaps_the_night_before_it_is_refused(site: Calendar) -> None:
    site.windows.create(weekday=4, opens=time(22), closes=time(6))
    day = site.days.create(on=date(2026, 3, 7), windows=[["05:00", "12:00"]], is_one_off=True)
    assert refused(site).field == "days.2026-03-07"
    day.windows = [["06:00", "12:00"]]
    day.save()
    assert publish(site, now=NOW).version == 1


def test_a_special_night_that_overlaps_the_day_after_it_is_refused(site: Calendar) -> None:
    site.days.create(on=date(2026, 3, 4), windows=[["20:00", "09:00"]], is_one_off=True)
    assert refused(site).field == "days.2026-03-05"


@pytest.mark.parametrize(
    "windows",
    [["09:00", "12:00"], [["9:00", "12:00"]], [["09:00"]], [["09:00", "24:00"]], "09:00-12:00",
     {"from": "09:00"}, 7, [[9, 12]], [["09:00", "12:00", "13:00"]], None],
)  # fmt: skip
def test_hours_of_a_day_that_cannot_be_read_are_refused(site: Calendar, windows: object) -> None:
    day = site.days.create(on=date(2026, 3, 4), windows=[], is_one_off=True)
    day.windows = windows if windows is not None else "null"
    day.save()
    assert refused(site).field == "days.2026-03-04"


def test_a_zone_that_nobody_knows_is_refused(site: Calendar) -> None:
    site.time_zone = "Asia/Suzhou"
    site.save()
    trouble = refused(site)
    assert trouble.field == "zone"
    assert "Asia/Suzhou" in trouble.reason


def test_hours_that_do_not_begin_at_a_full_minute_are_refused(site: Calendar) -> None:
    WeeklyWindow.objects.filter(calendar=site, weekday=0).update(opens=time(8, 0, 30))
    assert refused(site).field == "weekly.0"
