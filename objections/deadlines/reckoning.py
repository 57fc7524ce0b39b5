"""How a clock is counted: in elapsed time, in working time, or to the end of a working day.

All instants are UTC. Nothing here reads the clock, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from objections.models import Deadline, LadderRung
from objections.vocabulary import Unit
from timekeeping import calendars, editions
from timekeeping.models import Edition

BREACH = "breach"
WARNING = "warning"
LEVEL = "level"
NOTHING = timedelta(0)
Span = tuple[datetime, datetime]
"""A pause: from when to when the clock stood still."""


class Reckoned(NamedTuple):
    """When a clock falls due. ``nominal`` is without the night by which it was moved."""

    at: datetime
    nominal: datetime
    provisional: bool = False
    stood: timedelta = NOTHING

    @property
    def moved(self) -> timedelta:
        return self.at - self.nominal


def reckon(
    unit: Unit,
    edition: Edition | None,
    start: datetime,
    length: timedelta,
    *,
    paused: Sequence[Span] = (),
    night: tuple[time, time] | None = None,
    zone: str = "UTC",
) -> Reckoned:
    """Return when an allowance that began at ``start`` ends, with its pauses added.

    Elapsed time is moved out of the night before the pauses are added, for they are
    given on top of what was promised. Working time and working days need an ``edition``.
    """
    stood = sum((end - begin for begin, end in paused), NOTHING)
    if unit is Unit.ELAPSED:
        nominal = start + length
        moved = morning(nominal, night, zone) if night is not None else nominal
        return Reckoned(moved + stood, nominal + stood, stood=stood)
    hours = _hours(edition)
    if unit is Unit.WORKING:
        worked = sum((calendars.between(hours, begin, end) for begin, end in paused), NOTHING)
        reached = work_on(hours, start, length + worked)
        return Reckoned(reached.at, reached.at, reached.provisional)
    try:
        reached = calendars.end_of_working_day(hours, start, length.days)
    except calendars.NoFuture:
        reached = calendars.Reached(start + length, True)
    due_at = reached.at + stood
    return Reckoned(due_at, due_at, reached.provisional, stood)


def work_on(hours: calendars.WorkingHours, start: datetime, length: timedelta) -> calendars.Reached:
    """Return when so much working time has passed.

    Hours that never last so long count as elapsed time, provisionally: no case is refused
    because of a calendar.
    """
    try:
        return calendars.add(hours, start, length)
    except calendars.NoFuture:
        return calendars.Reached(start + length, True)


def morning(moment: datetime, night: tuple[time, time], zone: str) -> datetime:
    """Return the end of the night that a moment lies in, or the moment itself."""
    begins, ends = night
    local = moment.astimezone(ZoneInfo(zone))
    clock = local.time()
    over_midnight = begins > ends
    late = clock >= begins and (over_midnight or clock < ends)
    if not late and not (over_midnight and clock < ends):
        return moment
    day = local.date() + timedelta(days=1) if late and over_midnight else local.date()
    return datetime.combine(day, ends, local.tzinfo).astimezone(UTC)


def lay(
    ladder: Iterable[LadderRung], due_at: datetime, edition: Edition | None
) -> list[LadderRung]:
    """Return the rungs with their moments counted anew where they are in working time."""
    laid = []
    for rung in ladder:
        own = rung.get("own")
        if own is not None:
            hours, length = _hours(edition), timedelta(seconds=own)
            at = due_at
            if own < 0:
                at = _before(hours, due_at, -length)
            elif own > 0:
                at = work_on(hours, due_at, length).at
            rung = {**rung, "offset": (at - due_at).total_seconds()}
        laid.append(rung)
    return laid


def _before(hours: calendars.WorkingHours, end: datetime, length: timedelta) -> datetime:
    try:
        return calendars.subtract(hours, end, length)
    except calendars.NoFuture:
        return end - length


def left(deadline: Deadline, at: datetime) -> timedelta:
    """Return how much of a running clock is left at ``at``, in its own unit."""
    if deadline.due_at is None:
        raise ValueError("a clock that stands still has its rest in its row")
    if deadline.unit == Unit.WORKING:
        return calendars.between(_hours(deadline.calendar), at, deadline.due_at)
    return deadline.due_at - at


def run_on(deadline: Deadline, at: datetime) -> None:
    """Let a clock that stood still run on from ``at`` with what was left. Saves nothing.

    Working time is laid out anew on the calendar, with the rungs still to come.
    """
    if deadline.remaining is None:
        raise ValueError("a paused deadline knows what remains")
    rest = deadline.remaining
    deadline.due_at = at + rest
    if deadline.unit == Unit.WORKING and rest > NOTHING:
        reached = work_on(_hours(deadline.calendar), at, rest)
        deadline.due_at, deadline.is_provisional = reached.at, reached.provisional
        deadline.ladder = lay(deadline.ladder, deadline.due_at, deadline.calendar)
    deadline.remaining = deadline.paused_at = deadline.resume_at = None


def if_run_on(deadline: Deadline, at: datetime) -> datetime:
    """Return when a clock that stands still would fall due if it ran on at ``at``, in UTC."""
    rest = deadline.remaining or NOTHING
    if deadline.unit == Unit.WORKING and rest > NOTHING:
        return work_on(_hours(deadline.calendar), at, rest).at
    return at + rest


def _hours(edition: Edition | None) -> calendars.WorkingHours:
    if edition is None:
        raise ValueError("working time is counted by a calendar")
    return editions.hours(edition)
