"""A clock's state, figure and words, at the edges of each state, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from objections.clockface import Clock, ClockState, face, not_started
from objections.models import Deadline
from objections.vocabulary import Promise

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 3, 17, 16, 25, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LADDER = [
    {"offset": -6 * 3600, "kind": "warning", "level": 0},
    {"offset": -2 * 3600, "kind": "warning", "level": 0},
    {"offset": 0, "kind": "level", "level": 1},
    {"offset": 2 * 3600, "kind": "level", "level": 2},
]


@pytest.fixture(autouse=True)
def in_shanghai() -> Iterator[None]:
    with timezone.override(SHANGHAI), translation.override("en"):
        yield


def deadline(**changes: object) -> Deadline:
    """A response that is due at 16:25, as the database would hand it over."""
    facts: dict[str, object] = {
        "promise": Promise.RESPONSE,
        "allowance": DAY,
        "ladder": LADDER,
        "started_at": DUE - DAY,
        "due_at": DUE,
    }
    return Deadline(**{**facts, **changes})


def figure(clock: Clock, *, lead: bool = False) -> str:
    before, parts, after = clock.figure(lead=lead)
    middle = " ".join(f"{number} {unit}" for number, unit in parts)
    return " ".join(piece for piece in (before, middle, after) if piece)


def words(clock: Clock, *, day: bool = False, named: bool = False) -> str:
    return " · ".join(piece for piece in clock.words(day=day, named=named) if piece)


def said(clock: Clock) -> tuple[str, str]:
    return figure(clock), words(clock)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (DUE - 6 * HOUR - SECOND, ClockState.RUNNING),
        (DUE - 6 * HOUR, ClockState.WARNED),
        (DUE - 6 * HOUR + SECOND, ClockState.WARNED),
        (DUE - SECOND, ClockState.WARNED),
        (DUE, ClockState.WARNED),
        (DUE + timedelta(microseconds=1), ClockState.BREACHED),
        (DUE + SECOND, ClockState.BREACHED),
    ],
)
def test_the_state_follows_from_the_times_alone(now: datetime, state: ClockState) -> None:
    assert face(deadline(), now=now).state == state


@pytest.mark.parametrize("rung", [0, 1, 4])
def test_what_the_sweep_has_got_to_changes_no_state(rung: int) -> None:
    assert face(deadline(rung=rung), now=DUE - 7 * HOUR).state == ClockState.RUNNING
    assert face(deadline(rung=rung), now=DUE + HOUR).state == ClockState.BREACHED


def test_a_clock_without_warnings_is_never_warned() -> None:
    assert face(deadline(ladder=LADDER[2:]), now=DUE).state == ClockState.RUNNING


def test_a_running_clock_says_what_is_left() -> None:
    clock = face(deadline(), now=DUE - 7 * HOUR - 23 * timedelta(minutes=1))
    assert said(clock) == ("7 h 23 min left", "Due 16:25")
    assert words(clock, day=True) == "Due today 16:25"
    assert words(clock, named=True) == "Response due 16:25"
    assert clock.label == "Response, due today 16:25"
    assert clock.ticks
    with translation.override("zh-hans"):
        clock = face(deadline(), now=clock.now)
        assert said(clock) == ("剩 7 小时 23 分", "16:25 到期")
        assert words(clock, day=True) == "今天 16:25 到期"
        assert clock.label == "二级处理，今天 16:25 到期"


def test_a_warned_clock_says_so() -> None:
    now = DUE - 5 * HOUR - timedelta(minutes=43)
    assert said(face(deadline(), now=now)) == ("5 h 43 min left", "Warned · due 16:25")
    with translation.override("zh-hans"):
        clock = face(deadline(), now=now)
        assert said(clock) == ("剩 5 小时 43 分", "已预警 · 16:25 到期")
        assert words(clock, named=True) == "已预警 · 二级处理 16:25 到期"


def test_a_late_clock_says_by_how_much() -> None:
    now = DUE + timedelta(minutes=18)
    clock = face(deadline(rung=3), now=now)
    assert said(clock) == ("18 min late", "Due 16:25")
    assert clock.label == "Response, overdue, due today 16:25"
    with translation.override("zh-hans"):
        assert said(face(deadline(), now=now)) == ("逾期 18 分", "16:25 到期")


def test_a_panel_says_how_high_a_late_clock_has_climbed() -> None:
    now = DUE + 3 * HOUR
    assert words(face(deadline(rung=4), now=now), day=True) == "Due today 16:25, level 2"
    assert words(face(deadline(rung=3), now=now), day=True) == "Due today 16:25"


def test_a_paused_clock_keeps_what_was_left() -> None:
    paused = {
        "due_at": None,
        "remaining": 9 * HOUR + timedelta(minutes=5),
        "paused_at": DUE - 10 * HOUR,
        "resume_at": DUE.replace(hour=15, minute=0),
    }
    clock = face(deadline(**paused), now=DUE - 9 * HOUR)
    assert clock.state == ClockState.PAUSED
    assert said(clock) == ("9 h 05 min left", "Paused · resumes 15:00")
    assert clock.used == pytest.approx(62.2, abs=0.1)
    assert not clock.ticks
    with translation.override("zh-hans"):
        clock = face(deadline(**paused), now=DUE - 9 * HOUR)
        assert said(clock) == ("剩 9 小时 05 分", "已暂停 · 15:00 恢复")


def test_a_pause_after_the_breach_does_not_hide_it() -> None:
    paused = {
        "due_at": None,
        "remaining": -timedelta(minutes=22),
        "paused_at": DUE,
        "resume_at": DUE + HOUR,
        "breached_at": DUE,
    }
    clock = face(deadline(**paused), now=DUE + timedelta(minutes=30))
    assert clock.state == ClockState.BREACHED
    assert said(clock) == ("22 min late", "Paused · resumes 17:25")
    assert not clock.ticks


@pytest.mark.parametrize("before_due", [timedelta(0), SECOND, 9 * HOUR])
def test_a_kept_clock_says_how_long_it_took(before_due: timedelta) -> None:
    clock = face(deadline(kept_at=DUE - before_due), now=DUE + DAY)
    assert clock.state == ClockState.KEPT
    assert words(clock) == "Kept · of 24 h"
    assert clock.length == DAY - before_due


def test_a_kept_acknowledgement_reads_as_in_the_design() -> None:
    quarter = timedelta(minutes=15)
    kept = deadline(
        promise=Promise.ACKNOWLEDGEMENT, allowance=quarter, started_at=DUE - quarter,
        kept_at=DUE - timedelta(minutes=9), ladder=[],
    )  # fmt: skip
    clock = face(kept, now=DUE + DAY)
    assert said(clock) == ("6 min", "Kept · of 15 min")
    assert clock.used == 40
    assert words(clock, named=True) == "Kept · Acknowledgement"
    with translation.override("zh-hans"):
        assert said(face(kept, now=DUE + DAY)) == ("用时 6 分", "已兑现 · 限 15 分")


def test_a_pause_is_not_counted_in_what_it_took() -> None:
    moved = deadline(due_at=DUE + 2 * HOUR, kept_at=DUE)
    assert face(moved, now=DUE).length == 22 * HOUR


def test_an_answer_that_came_late_stays_late() -> None:
    late = deadline(breached_at=DUE, answered_late_at=DUE + timedelta(minutes=22))
    clock = face(late, now=DUE + 3 * DAY)
    assert clock.state == ClockState.ANSWERED_LATE
    assert said(clock) == ("22 min late", "Breached · done 17 Mar 16:47")
    assert not clock.ticks
    with translation.override("zh-hans"):
        clock = face(late, now=DUE + HOUR)
        assert said(clock) == ("迟 22 分", "已逾期 · 16:47 补做")


def test_a_clock_that_ended_is_not_counted() -> None:
    clock = face(deadline(ended_at=DUE - HOUR, ended_as="void"), now=DUE + DAY)
    assert clock.state == ClockState.ENDED
    assert said(clock) == ("24 h", "Not counted")
    assert clock.used == 0


def test_a_clock_kept_for_the_record_is_never_late() -> None:
    old = deadline(is_historical=True)
    assert face(old, now=DUE - HOUR).state == ClockState.WARNED
    assert face(old, now=DUE).state == ClockState.WARNED
    assert face(old, now=DUE + SECOND).state == ClockState.ENDED


def test_a_promise_to_come_says_its_allowance() -> None:
    clock = not_started(Promise.FOLLOW_UP, 3 * DAY, now=DUE)
    assert said(clock) == ("3 d", "Not started")
    with translation.override("zh-hans"):
        clock = not_started(Promise.FOLLOW_UP, 3 * DAY, now=DUE)
        assert said(clock) == ("限 3 天", "未开始")
        assert words(clock, named=True) == "未开始 · 三级跟进"


@pytest.mark.parametrize(
    ("left", "plain", "leading"),
    [
        (timedelta(minutes=15), "15 min left", "15 min left"),
        (timedelta(minutes=15) - SECOND, "14 min left", "14 min 59 s left"),
        (timedelta(minutes=4, seconds=12), "4 min left", "4 min 12 s left"),
        (timedelta(seconds=42), "<1 min left", "42 s left"),
        (timedelta(0), "<1 min left", "0 s left"),
        (-SECOND, "<1 min late", "1 s late"),
    ],
)
def test_only_the_clock_that_leads_shows_seconds(left: timedelta, plain: str, leading: str) -> None:
    clock = face(deadline(), now=DUE - left)
    assert figure(clock) == plain
    assert figure(clock, lead=True) == leading


def test_the_track_fills_and_its_gaps_are_the_warnings() -> None:
    clock = face(deadline(), now=DUE - 5 * HOUR - timedelta(minutes=43))
    assert clock.used == pytest.approx(76.2, abs=0.1)
    assert clock.gaps == (75.0, 91.7)
    assert clock.warns_at == (DUE - 6 * HOUR, DUE - 2 * HOUR)
    assert face(deadline(), now=DUE - DAY).used == 0
    assert face(deadline(), now=DUE + DAY).used == 100


def test_the_name_for_a_screen_reader_changes_with_the_state_only() -> None:
    early, later = (face(deadline(), now=DUE - hours * HOUR) for hours in (5, 3))
    assert early.label == later.label
    assert face(deadline(), now=DUE + HOUR).label != early.label


def test_a_round_is_said_from_the_second_on() -> None:
    assert face(deadline(cycle=1), now=DUE).promise == "Response"
    assert face(deadline(cycle=2), now=DUE).promise == "Response, round 2"
    update = deadline(cycle=4, promise=Promise.PROGRESS_UPDATE)
    assert face(update, now=DUE).promise == "Progress update"
