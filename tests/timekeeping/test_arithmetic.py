"""Working time against the minute oracle, around the days on which clocks are put forward
and back, over holidays, make-up days, nights and half days; and the laws that bind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.timekeeping.notices import days_off, make_up_days
from tests.timekeeping.oracle import Oracle
from timekeeping.calendars import (
    NoFuture,
    WorkingHours,
    add,
    between,
    days_skipped,
    end_of_working_day,
    is_open,
    next_opening,
    subtract,
)

Content = dict[str, Any]

DAY = ["09:00", "18:00"]
LUNCH = [["09:00", "12:00"], ["13:00", "17:30"]]
NIGHT = [["22:00", "06:00"]]
ALWAYS = [["00:00", "00:00"]]
DAYS = 40  # painted around each anchor
STARTS = 8  # of which so many days may hold a start

WEEKS: dict[str, list[list[list[str]]]] = {
    "weekdays": [[DAY]] * 5 + [[], []],
    "lunch": [LUNCH] * 5 + [[["09:00", "12:00"]], []],
    "nights": [NIGHT] * 5 + [[], NIGHT],
    "always": [ALWAYS] * 7,
    "small hours": [[["00:15", "01:45"], ["02:15", "03:30"], ["23:00", "00:15"]]] * 7,
    "weekend": [[]] * 5 + [[["10:00", "02:00"]], [["10:00", "16:00"]]],
}
# Each first day lies a few days before the zone's clock is put forward or back.
ANCHORS = {
    "Asia/Shanghai": ["2024-02-05", "2025-01-24", "2026-02-11", "2026-09-23"],
    "America/New_York": ["2026-03-04", "2026-10-29"],
    "Europe/Berlin": ["2026-03-26", "2025-10-23"],
    "Australia/Lord_Howe": ["2026-04-02", "2026-10-01"],
}
PLACES = [(zone, anchor) for zone, anchors in ANCHORS.items() for anchor in anchors]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def specials(zone: str, anchor: date) -> dict[str, list[list[str]]]:
    """China's official days, and elsewhere a holiday, a half day and a worked Sunday."""
    if zone == "Asia/Shanghai":
        off: dict[str, list[list[str]]] = {day.isoformat(): [] for day in days_off(anchor.year)}
        return off | {day.isoformat(): LUNCH for day in make_up_days(anchor.year)}
    ahead = [(anchor + timedelta(days=number)).isoformat() for number in range(12)]
    return {ahead[6]: [], ahead[7]: [["09:00", "12:00"]], ahead[11]: [["20:00", "21:30"]]}


@cache
def content(zone: str, anchor: str, week: str) -> Content:
    day = date.fromisoformat(anchor)
    days = specials(zone, day) if week in ("weekdays", "lunch") else {}
    return {
        "zone": zone, "weekly": WEEKS[week], "days": days, "names": {}, "years": [day.year],
        "awaits_years": True,
    }  # fmt: skip


@cache
def both(zone: str, anchor: str, week: str) -> tuple[WorkingHours, Oracle]:
    made = content(zone, anchor, week)
    first = utc(anchor) - timedelta(days=14)
    return WorkingHours.from_content(made), Oracle(made, first, DAYS)


INSTANTS = st.one_of(
    st.integers(0, STARTS * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(0, STARTS * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
    st.integers(0, STARTS * 86_400_000_000).map(lambda micros: timedelta(microseconds=micros)),
)
LENGTHS = st.one_of(
    st.integers(0, 4 * 24).map(lambda quarters: timedelta(minutes=15 * quarters)),
    st.integers(0, 20 * 3_600_000_000).map(lambda micros: timedelta(microseconds=micros)),
)
CALENDARS = st.builds(lambda place, week: (*place, week), st.sampled_from(PLACES),
                      st.sampled_from(sorted(WEEKS)))  # fmt: skip
repeatable = settings(max_examples=250, deadline=None, derandomize=True, database=None)


@repeatable
@given(calendar=CALENDARS, after=INSTANTS, length=LENGTHS)
def test_item_2_working_time_is_added_as_a_slow_count_by_minutes_adds_it(
    calendar: tuple[str, str, str], after: timedelta, length: timedelta
) -> None:
    hours, oracle = both(*calendar)
    start = utc(calendar[1]) + after
    assert add(hours, start, length) == oracle.add(start, length)


@repeatable
@given(calendar=CALENDARS, after=INSTANTS, length=LENGTHS)
def test_item_2_working_time_is_subtracted_as_a_slow_count_subtracts_it(
    calendar: tuple[str, str, str], after: timedelta, length: timedelta
) -> None:
    hours, oracle = both(*calendar)
    end = utc(calendar[1]) + after
    length = min(length, timedelta(hours=6))  # the oracle looks two weeks back
    assert subtract(hours, end, length) == oracle.subtract(end, length)


@repeatable
@given(calendar=CALENDARS, after=INSTANTS, later=INSTANTS)
def test_item_2_working_time_between_two_instants_is_what_a_slow_count_finds(
    calendar: tuple[str, str, str], after: timedelta, later: timedelta
) -> None:
    hours, oracle = both(*calendar)
    start, end = sorted((utc(calendar[1]) + after, utc(calendar[1]) + later))
    assert between(hours, start, end) == oracle.between(start, end)
    assert between(hours, end, start) == -oracle.between(start, end)


@repeatable
@given(calendar=CALENDARS, after=INSTANTS)
def test_item_8_the_next_opening_is_the_first_open_minute(
    calendar: tuple[str, str, str], after: timedelta
) -> None:
    hours, oracle = both(*calendar)
    at = utc(calendar[1]) + after
    assert is_open(hours, at) == oracle.is_open(at)
    assert next_opening(hours, at) == oracle.add(at, timedelta(0))
    assert is_open(hours, next_opening(hours, at).at)


@repeatable
@given(calendar=CALENDARS, after=INSTANTS, number=st.integers(1, 4))
def test_item_2_the_nth_working_day_ends_where_a_slow_count_ends_it(
    calendar: tuple[str, str, str], after: timedelta, number: int
) -> None:
    hours, oracle = both(*calendar)
    start = utc(calendar[1]) + after
    assert end_of_working_day(hours, start, number) == oracle.end_of_working_day(start, number)


@repeatable
@given(calendar=CALENDARS, after=INSTANTS, length=LENGTHS, more=LENGTHS)
def test_what_is_added_is_what_lies_between_and_can_be_taken_away_again(
    calendar: tuple[str, str, str], after: timedelta, length: timedelta, more: timedelta
) -> None:
    hours, _oracle = both(*calendar)
    start = utc(calendar[1]) + after
    due = add(hours, start, length).at
    assert between(hours, start, due) == length
    opened = next_opening(hours, start).at
    if length:
        assert subtract(hours, due, length) == opened
    assert add(hours, opened, length).at == due
    # In two goes it takes as long as in one; and more never takes less long.
    assert add(hours, due, more).at >= due
    if more:
        assert add(hours, due, more).at == add(hours, start, length + more).at


@repeatable
@given(calendar=CALENDARS, after=INSTANTS, later=INSTANTS, length=LENGTHS)
def test_who_starts_later_is_never_due_earlier(
    calendar: tuple[str, str, str], after: timedelta, later: timedelta, length: timedelta
) -> None:
    hours, _oracle = both(*calendar)
    start, next_start = sorted((utc(calendar[1]) + after, utc(calendar[1]) + later))
    assert add(hours, start, length).at <= add(hours, next_start, length).at
    assert end_of_working_day(hours, start, 2).at <= end_of_working_day(hours, next_start, 2).at


@repeatable
@given(calendar=CALENDARS)
def test_content_is_read_and_written_without_loss(calendar: tuple[str, str, str]) -> None:
    made = content(*calendar)
    assert WorkingHours.from_content(made).to_content() == made


# What a reader would look for by hand


def plain(zone: str = "Asia/Shanghai", week: str = "weekdays", **more: Any) -> WorkingHours:
    made = {"zone": zone, "weekly": WEEKS[week], "days": {}, "names": {}, "years": [],
            "awaits_years": False, **more}  # fmt: skip
    return WorkingHours.from_content(made)


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shanghai(text: str) -> datetime:
    return local("Asia/Shanghai", text)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-06 17:59:59.999999", "2026-03-09 09:59:59.999999"),  # a Friday, still open
        ("2026-03-06 18:00:00", "2026-03-09 10:00"),  # exactly at closing
        ("2026-03-07 12:00", "2026-03-09 10:00"),  # a Saturday
        ("2026-03-09 08:59:59", "2026-03-09 10:00"),
        ("2026-03-09 09:00", "2026-03-09 10:00"),  # exactly at opening
        ("2026-03-09 09:00:00.000001", "2026-03-09 10:00:00.000001"),
        ("2026-03-09 17:00", "2026-03-09 18:00"),  # ends exactly at closing
    ],
)
def test_item_8_a_start_outside_hours_counts_from_the_next_opening(start: str, due: str) -> None:
    assert add(plain(), shanghai(start), timedelta(hours=1)).at == shanghai(due)


def test_item_8_nothing_added_gives_the_start_or_the_next_opening() -> None:
    nothing = timedelta(0)
    for start, due in (
        ("2026-03-09 10:00", "2026-03-09 10:00"), ("2026-03-09 09:00", "2026-03-09 09:00"),
        ("2026-03-09 18:00", "2026-03-10 09:00"), ("2026-03-07 10:00", "2026-03-09 09:00"),
    ):  # fmt: skip
        assert add(plain(), shanghai(start), nothing).at == shanghai(due)


def test_item_8_the_arithmetic_ends_where_nobody_works_any_more() -> None:
    last = {"2026-03-09": [["09:00", "10:00"]]}
    hours = plain(weekly=[[]] * 7, days=last)
    assert add(hours, shanghai("2026-03-01"), timedelta(hours=1)).at == shanghai("2026-03-09 10:00")
    for ask in (
        lambda: add(hours, shanghai("2026-03-01"), timedelta(hours=1, microseconds=1)),
        lambda: next_opening(hours, shanghai("2026-03-09 10:00")),
        lambda: end_of_working_day(hours, shanghai("2026-03-09"), 1),
        lambda: subtract(hours, shanghai("2026-03-10"), timedelta(hours=2)),
        lambda: add(plain(), shanghai("2026-03-09"), timedelta(days=9999)),
    ):
        with pytest.raises(NoFuture):
            ask()


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError):
        add(plain(), shanghai("2026-03-09"), timedelta(seconds=-1))
    with pytest.raises(ValueError):
        subtract(plain(), shanghai("2026-03-09"), timedelta(seconds=-1))
    with pytest.raises(ValueError):
        end_of_working_day(plain(), shanghai("2026-03-09"), 0)


def test_item_6_a_night_window_belongs_to_the_day_on_which_it_opens() -> None:
    # Friday is off: Thursday's night runs into it, and Friday's own does not begin.
    hours = plain(week="nights", days={"2026-03-06": []})
    assert is_open(hours, shanghai("2026-03-06 05:59"))
    assert not is_open(hours, shanghai("2026-03-06 22:30"))
    assert not is_open(hours, shanghai("2026-03-07 03:00"))
    assert end_of_working_day(hours, shanghai("2026-03-04 12:00"), 1).at == shanghai(
        "2026-03-06 06:00"
    )


def test_item_6_a_site_works_by_its_own_clock_and_not_by_the_servers() -> None:
    start = utc("2026-03-09 09:30")
    assert is_open(plain("Europe/Berlin"), start)
    assert is_open(plain("Asia/Shanghai"), start)
    assert not is_open(plain("America/New_York"), start)
    assert next_opening(plain("America/New_York"), start).at == utc("2026-03-09 13:00")


@pytest.mark.parametrize(
    ("night", "hours_worked"), [("2026-03-07", 7), ("2026-10-31", 9), ("2026-06-06", 8)]
)
def test_item_6_a_night_shift_lasts_as_long_as_it_really_lasts(
    night: str, hours_worked: int
) -> None:
    hours = plain("America/New_York", weekly=[NIGHT] * 7)
    evening = local("America/New_York", f"{night} 22:00")
    assert between(hours, evening, evening + timedelta(hours=14)) == timedelta(hours=hours_worked)


def test_a_time_that_the_wall_skips_is_the_moment_of_the_skip() -> None:
    hours = plain("America/New_York", weekly=[[["02:15", "02:45"], ["02:50", "03:30"]]] * 7)
    skipped = local("America/New_York", "2026-03-08 03:00")
    assert next_opening(hours, local("America/New_York", "2026-03-08 00:00")).at == skipped
    assert add(hours, skipped, timedelta(minutes=30)).at == skipped + timedelta(minutes=30)
    assert not is_open(hours, skipped + timedelta(minutes=30))


def test_of_a_time_that_comes_twice_a_shift_takes_all() -> None:
    hours = plain("America/New_York", weekly=[[["01:15", "01:45"]]] * 7)
    first = local("America/New_York", "2026-11-01 01:15")
    assert between(hours, first, first + timedelta(hours=5)) == timedelta(minutes=90)


def test_item_7_an_answer_that_passes_through_an_unpublished_year_is_provisional() -> None:
    hours = plain(years=[2026], awaits_years=True)
    eve = shanghai("2026-12-31 17:00")
    assert not add(hours, eve, timedelta(hours=1)).provisional
    assert add(hours, eve, timedelta(hours=1, microseconds=1)).provisional
    assert next_opening(hours, shanghai("2026-12-31 18:00")).provisional
    assert end_of_working_day(hours, shanghai("2026-12-30 10:00"), 1).provisional is False
    assert end_of_working_day(hours, eve, 1).provisional
    assert not add(plain(years=[2026]), eve, timedelta(hours=9)).provisional


def test_item_7_a_night_that_began_on_new_years_eve_belongs_to_the_old_year() -> None:
    hours = plain(week="nights", years=[2026], awaits_years=True)
    assert add(hours, shanghai("2027-01-01 01:00"), timedelta(hours=5)).provisional is False
    assert add(hours, shanghai("2027-01-01 01:00"), timedelta(hours=6)).provisional


def test_only_days_that_cost_time_are_named_as_skipped() -> None:
    days: dict[str, list[list[str]]] = {
        "2026-10-01": [], "2026-10-03": [], "2026-10-05": [["09:00", "12:00"]], "2026-10-06": [],
    }  # fmt: skip
    hours = plain(days=days, names={"2026-10-01": "National Day"})
    found = days_skipped(hours, shanghai("2026-09-30 12:00"), shanghai("2026-10-07 12:00"))
    assert found == [(date(2026, 10, 1), "National Day"), (date(2026, 10, 6), "")]
    assert days_skipped(hours, shanghai("2026-10-02"), shanghai("2026-10-05 18:00")) == []
