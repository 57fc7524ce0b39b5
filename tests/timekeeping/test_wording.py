"""Durations carry their units, moments are said as people say them, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from timekeeping import wording

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 17, 10, 42, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def in_shanghai() -> Iterator[None]:
    with timezone.override(SHANGHAI), translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(minutes=15), "15 min"),
        (timedelta(seconds=59), "<1 min"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=9, minutes=5), "9 h 05 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(hours=24), "24 h"),
        (timedelta(hours=28), "1 d 4 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(days=364, hours=23), "364 d 23 h"),
        (timedelta(days=365), "1 y"),
        (timedelta(days=800), "2 y 70 d"),
        (timedelta(seconds=-1), "<1 min"),
    ],
)
def test_a_duration_always_carries_its_units(length: timedelta, words: str) -> None:
    assert wording.duration(length) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=5, minutes=43), "5 小时 43 分"),
        (timedelta(minutes=15), "15 分"),
        (timedelta(days=3), "3 天"),
        (timedelta(days=800), "2 年 70 天"),
    ],
)
def test_a_duration_is_said_in_chinese(length: timedelta, words: str) -> None:
    with translation.override("zh-hans"):
        assert wording.duration(length) == words


def test_seconds_are_shown_only_when_asked_for() -> None:
    length = timedelta(minutes=4, seconds=2)
    assert wording.parts(length) == (("4", "min"),)
    assert wording.parts(length, seconds=True) == (("4", "min"), ("02", "s"))
    assert wording.parts(timedelta(seconds=42), seconds=True) == (("42", "s"),)
    assert wording.parts(timedelta(hours=2), seconds=True) == (("2", "h"), ("00", "min"))


@pytest.mark.parametrize(
    ("at", "english", "chinese"),
    [
        (NOW.replace(hour=11, minute=20), "today 11:20", "今天 11:20"),
        (NOW.replace(hour=0, minute=0), "today 00:00", "今天 00:00"),
        (NOW + timedelta(days=1), "tomorrow 10:42", "明天 10:42"),
        (NOW - timedelta(days=1), "yesterday 10:42", "昨天 10:42"),
        (datetime(2026, 3, 19, 15, 0, tzinfo=SHANGHAI), "19 Mar 15:00", "3 月 19 日 15:00"),
        (
            datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI),
            "31 Dec 2025 23:59",
            "2025 年 12 月 31 日 23:59",
        ),
    ],
)
def test_a_moment_is_said_as_seen_from_now(at: datetime, english: str, chinese: str) -> None:
    assert wording.moment(at, NOW) == english
    with translation.override("zh-hans"):
        assert wording.moment(at, NOW) == chinese


def test_a_moment_of_today_can_be_its_time_alone() -> None:
    assert wording.moment(NOW, NOW, day=False) == "10:42"
    assert wording.moment(NOW + timedelta(days=1), NOW, day=False) == "tomorrow 10:42"


def test_today_is_that_of_the_person_who_reads() -> None:
    late = datetime(2026, 3, 17, 17, 0, tzinfo=UTC)  # in Shanghai it is tomorrow already
    assert wording.moment(late, NOW) == "tomorrow 01:00"
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert wording.moment(late, NOW) == "today 18:00"


def test_a_day_stands_as_a_heading() -> None:
    assert wording.day(NOW, NOW) == "Today, 17 March"
    assert wording.day(NOW - timedelta(days=1), NOW) == "Yesterday, 16 March"
    assert wording.day(NOW + timedelta(days=1), NOW) == "Tomorrow, 18 March"
    assert wording.day(NOW - timedelta(days=8), NOW) == "Monday, 9 March"
    assert wording.day(NOW - timedelta(days=365), NOW) == "Monday, 17 March 2025"
    with translation.override("zh-hans"):
        assert wording.day(NOW, NOW) == "今天 3 月 17 日"
        assert wording.day(NOW - timedelta(days=8), NOW) == "3 月 9 日 星期一"
