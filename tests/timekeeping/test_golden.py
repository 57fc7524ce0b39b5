"""The golden cases of docs/clock-cases.json, which any other system could be run against."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.dateparse import parse_duration

from tests.timekeeping.golden import FILE, as_text, golden
from tests.timekeeping.notices import MAKE_UP
from timekeeping.calendars import (
    Reached,
    WorkingHours,
    add,
    between,
    check,
    end_of_working_day,
)

Case = dict[str, Any]
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))
HOURS = {name: WorkingHours.from_content(each) for name, each in GOLDEN["calendars"].items()}
CATEGORIES = {
    "elapsed-forward": 18, "elapsed-back": 18, "elapsed-closed": 6, "elapsed-year-end": 2,
    "elapsed-leap-day": 6, "working-weekend": 12, "working-lunch": 12, "working-holiday": 24,
    "working-make-up": 28, "working-half-day": 12, "working-easter": 6, "edge-opening": 12,
    "edge-closing": 12, "edge-microseconds": 4, "edge-weekend-site": 6, "edge-one-off": 9,
    "night-shift": 15, "night-forward": 8, "night-back": 8, "dst-day": 12, "dst-lord-howe": 6,
    "dst-small-hours": 15, "year-unpublished": 15, "year-end": 6, "year-none-awaited": 3,
    "year-leap-day": 6, "days-": 51, "pause-working": 9, "pause-elapsed": 9,
}  # fmt: skip


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def reckoned(case: Case) -> Reached:
    """What the product's arithmetic makes of a case: pause by pause, as clocks are kept."""
    hours, start, allowance = HOURS[case["calendar"]], moment(case["start"]), case["allowance"]
    if case["unit"] == "days":
        return end_of_working_day(hours, start, allowance)
    length = parse_duration(allowance)
    assert isinstance(length, timedelta)
    working = case["unit"] == "working"
    found = add(hours, start, length) if working else Reached(start + length, False)
    for begins, ends in case.get("pauses", []):
        begun, ended = moment(begins), moment(ends)
        if found.at <= begun:
            break
        left = between(hours, begun, found.at) if working else found.at - begun
        found = add(hours, ended, left) if working else Reached(ended + left, False)
    return found


@pytest.mark.parametrize("golden_case", GOLDEN["cases"], ids=lambda each: each["id"])
def test_item_2_item_6_item_8_a_golden_case_falls_due_when_it_should(golden_case: Case) -> None:
    found = reckoned(golden_case)
    expected = (moment(golden_case["due"]), golden_case["provisional"])
    assert found == expected, golden_case["why"]


def test_the_golden_file_covers_every_matter_and_names_each_case_once() -> None:
    names = [each["id"] for each in GOLDEN["cases"]]
    assert len(names) >= 220
    assert len(set(names)) == len(names)
    found = {category: sum(name.startswith(category) for name in names) for category in CATEGORIES}
    assert {name: found[name] for name in CATEGORIES if found[name] < CATEGORIES[name]} == {}
    units = Counter(each["unit"] for each in GOLDEN["cases"])
    assert min(units[unit] for unit in ("elapsed", "working", "days")) >= 40
    assert {GOLDEN["calendars"][each["calendar"]]["zone"] for each in GOLDEN["cases"]} == {
        "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
    }  # fmt: skip
    assert {each["provisional"] for each in GOLDEN["cases"]} == {True, False}


def test_every_golden_case_says_why() -> None:
    for each in GOLDEN["cases"]:
        assert each["why"].count(". ") >= 1, each["id"]
        assert each["calendar"] in GOLDEN["calendars"], each["id"]


def test_the_golden_calendars_could_be_published() -> None:
    for hours in HOURS.values():
        check(hours, now=datetime(2026, 1, 1, tzinfo=UTC))
    special = GOLDEN["calendars"]["china"]["days"]
    assert all(special[day] for year in MAKE_UP.values() for day in year)


def test_the_golden_file_is_what_the_slow_count_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text(golden())
