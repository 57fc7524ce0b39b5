"""What follows for a replayed clock from what an event says: terms, alarms, ladders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from objections.deadlines.replaying.rows import NOTHING, ClockRow, Ladder
from timekeeping import calendars
from timekeeping.calendars import WorkingHours


def moment(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None


def length(seconds: float | None) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds is not None else None


def give_terms(clock: ClockRow, data: dict[str, Any]) -> None:
    clock.policy_name, clock.policy_version = data["policy"], data["policy_version"]
    clock.unit, clock.calendar_id = data["unit"], data["edition"]
    clock.is_provisional, clock.ladder = data["provisional"], data["ladder"]
    clock.allowance = timedelta(seconds=data["allowance"])
    clock.moved = timedelta(seconds=data["moved"])
    clock.pause_maximum = length(data["pause_maximum"])
    clock.pauses_per_cycle = data["pauses_per_cycle"]
    clock.pause_reasons = data["pause_reasons"]
    clock.remind_every = length(data["remind_every"])
    clock.remind_at_most = data["remind_at_most"]


def set_alarm(clock: ClockRow) -> None:
    if clock.is_historical:
        clock.alarm_at = None
    else:
        clock.alarm_at = clock.resume_at if clock.paused_at else clock.rings_at(clock.rung)


def after(hours: WorkingHours, start: datetime, worked: timedelta) -> tuple[datetime, bool]:
    """Return when so much has been worked, and whether that is provisional.

    Hours that end before that count as elapsed time.
    """
    try:
        return calendars.add(hours, start, worked)
    except calendars.NoFuture:
        return start + worked, True


def before(hours: WorkingHours, end: datetime, worked: timedelta) -> datetime:
    try:
        return calendars.subtract(hours, end, worked)
    except calendars.NoFuture:
        return end - worked


def laid(ladder: Ladder, due_at: datetime, hours: WorkingHours) -> Ladder:
    """Return the rungs of working time at their moments before and after another due moment."""
    found = []
    for rung in ladder:
        own = timedelta(seconds=rung.get("own", 0))
        at = due_at
        if own < NOTHING:
            at = before(hours, due_at, -own)
        elif own > NOTHING:
            at, _ = after(hours, due_at, own)
        found.append({**rung, "offset": (at - due_at).total_seconds()} if "own" in rung else rung)
    return found


def climb_on(clock: ClockRow, level: int, at: datetime) -> None:
    """Let the ladder go on above a level, its gaps counted from ``at``."""
    if not clock.is_running or clock.due_at is None:
        return
    levels = [rung for rung in clock.ladder if rung["kind"] != "warning"]
    before = [rung["offset"] for rung in levels if rung["level"] <= level]
    above = (
        index for index in range(clock.rung, len(clock.ladder))
        if clock.ladder[index]["level"] > level
    )  # fmt: skip
    own = clock.due_at + timedelta(seconds=max(before, default=0.0))
    clock.shift = max(at - own, NOTHING)
    clock.rung = next(above, len(clock.ladder))
    clock.alarm_at = clock.rings_at(clock.rung)
