"""The published clock cases hold for the clocks themselves, as they are counted in a case."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils.dateparse import parse_duration

from objections.deadlines import reckoning
from objections.vocabulary import Unit
from timekeeping.models import Calendar, Edition

GOLDEN = json.loads((Path(__file__).parents[2] / "docs" / "clock-cases.json").read_text("utf-8"))
CASES: list[dict[str, Any]] = GOLDEN["cases"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def editions(t0: datetime) -> dict[str, Edition]:
    found = {}
    for name, content in GOLDEN["calendars"].items():
        calendar = Calendar.objects.create(name=name, time_zone=content["zone"])
        found[name] = Edition.objects.create(
            calendar=calendar, version=1, recorded_at=t0, content=content
        )
    return found


def length_of(case: dict[str, Any]) -> timedelta:
    allowance = case["allowance"]
    if isinstance(allowance, int):
        return timedelta(days=allowance)
    length = parse_duration(allowance)
    assert length is not None
    return length


def test_item_6_a_clock_falls_due_when_the_published_cases_say(
    editions: dict[str, Edition],
) -> None:
    for case in CASES:
        paused = [
            (datetime.fromisoformat(begin), datetime.fromisoformat(end))
            for begin, end in case.get("pauses", [])
        ]
        found = reckoning.reckon(
            Unit(case["unit"]), editions.get(case.get("calendar", "")),
            datetime.fromisoformat(case["start"]), length_of(case), paused=paused,
        )  # fmt: skip
        expected = (datetime.fromisoformat(case["due"]), case["provisional"])
        assert (found.at, found.provisional) == expected, case["id"]


def test_the_published_cases_cover_every_unit_and_a_pause() -> None:
    assert {case["unit"] for case in CASES} == set(Unit.values)
    assert any(case.get("pauses") for case in CASES)
    assert len(CASES) >= 200
