"""What a clock shows: its state, its figure, its words. Pure; it is handed the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from objections.allowances import allowed, allowed_parts, worked_parts
from objections.vocabulary import Promise, Unit
from timekeeping.wording import Part, moment, parts, plain_parts

if TYPE_CHECKING:
    from objections.models import Deadline

NOTHING = timedelta(0)
LAST_MINUTES = timedelta(minutes=15)
"""From here on the clock that leads a page shows its seconds."""


class ClockState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    WARNED = "warned"
    BREACHED = "breached"
    PAUSED = "paused"
    KEPT = "kept"
    ANSWERED_LATE = "answered_late"
    ENDED = "ended"


TICKING = (ClockState.RUNNING, ClockState.WARNED, ClockState.BREACHED)

FIGURES = {
    ClockState.PENDING: pgettext_lazy("figure of a clock that has not started", "{figure}"),
    ClockState.RUNNING: gettext_lazy("{figure} left"),
    ClockState.WARNED: gettext_lazy("{figure} left"),
    ClockState.BREACHED: gettext_lazy("{figure} late"),
    ClockState.PAUSED: gettext_lazy("{figure} left"),
    ClockState.KEPT: pgettext_lazy("figure of a kept promise", "{figure}"),
    ClockState.ANSWERED_LATE: pgettext_lazy("figure of a late answer", "{figure} late"),
    ClockState.ENDED: pgettext_lazy("figure of a clock that has not started", "{figure}"),
}
STRONG = {
    ClockState.WARNED: pgettext_lazy("clock", "Warned"),
    ClockState.PAUSED: pgettext_lazy("clock", "Paused"),
    ClockState.KEPT: pgettext_lazy("clock", "Kept"),
    ClockState.ANSWERED_LATE: pgettext_lazy("clock", "Breached"),
}
PLAIN = {
    ClockState.PENDING: gettext_lazy("Not started"),
    ClockState.RUNNING: gettext_lazy("Due {moment}"),
    ClockState.WARNED: gettext_lazy("due {moment}"),
    ClockState.BREACHED: gettext_lazy("Due {moment}"),
    ClockState.PAUSED: gettext_lazy("resumes {moment}"),
    ClockState.KEPT: gettext_lazy("of {allowance}"),
    ClockState.ANSWERED_LATE: gettext_lazy("done {moment}"),
    ClockState.ENDED: gettext_lazy("Not counted"),
}
NAMED = {
    ClockState.PENDING: gettext_lazy("Not started · {promise}"),
    ClockState.RUNNING: gettext_lazy("{promise} due {moment}"),
    ClockState.WARNED: gettext_lazy("{promise} due {moment}"),
    ClockState.BREACHED: gettext_lazy("{promise} due {moment}"),
    ClockState.PAUSED: gettext_lazy("{promise} resumes {moment}"),
    ClockState.KEPT: gettext_lazy("{promise}"),
    ClockState.ANSWERED_LATE: gettext_lazy("{promise} done {moment}"),
    ClockState.ENDED: gettext_lazy("Not counted · {promise}"),
}
WORKED = {
    "plain": gettext_lazy("working time, resumes {moment}"),
    "named": gettext_lazy("working time, {promise} resumes {moment}"),
    "spoken": gettext_lazy("{promise}, paused, {length} of working time left, resumes {moment}"),
}
"""What a clock that stands still says where what is left of it is working time."""
SPOKEN = {
    ClockState.PENDING: gettext_lazy("{promise}, not started"),
    ClockState.RUNNING: gettext_lazy("{promise}, due {moment}"),
    ClockState.WARNED: gettext_lazy("{promise}, warned, due {moment}"),
    ClockState.BREACHED: gettext_lazy("{promise}, overdue, due {moment}"),
    ClockState.PAUSED: gettext_lazy("{promise}, paused, {length} left, resumes {moment}"),
    ClockState.KEPT: gettext_lazy("{promise}, kept, took {length} of {allowance}"),
    ClockState.ANSWERED_LATE: gettext_lazy("{promise}, breached, {length} late, done {moment}"),
    ClockState.ENDED: gettext_lazy("{promise}, not counted"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise as it stands at ``now``.

    ``allowance`` is counted in ``unit``. ``span`` is the time that its track shows, from
    start to due, where that is another one. ``remaining`` is what is left, below nothing
    when it is late: working time for a clock of working time that stands still, else
    elapsed time. ``rungs`` are the warnings of its ladder, counted back from the due moment
    like ``remaining``, and so negative. ``level`` is how high its escalation has climbed.
    """

    promise: str
    state: ClockState
    now: datetime
    allowance: timedelta
    started_at: datetime | None = None
    due_at: datetime | None = None
    remaining: timedelta = NOTHING
    resumes_at: datetime | None = None
    kept_at: datetime | None = None
    answered_at: datetime | None = None
    rungs: tuple[timedelta, ...] = ()
    level: int = 0
    unit: Unit = Unit.ELAPSED
    span: timedelta | None = None

    @property
    def track(self) -> timedelta:
        """The length of its track. It is elapsed time for every clock that ticks."""
        return self.allowance if self.span is None else self.span

    @property
    def _is_worked(self) -> bool:
        """True where what is left is working time."""
        return self.unit is Unit.WORKING and self.due_at is None

    @property
    def ticks(self) -> bool:
        """True while its figure changes by itself."""
        return self.state in TICKING and self.due_at is not None

    @property
    def _worded(self) -> ClockState:
        """The state that its words speak of: a late clock that stands still says until when."""
        if self.state == ClockState.BREACHED and self.due_at is None:
            return ClockState.PAUSED
        return self.state

    @property
    def length(self) -> timedelta:
        """The length that its figure shows: left, late, taken or allowed."""
        if self.state in (ClockState.PENDING, ClockState.ENDED):
            return self.allowance
        if self.state == ClockState.KEPT:
            return max(self.track - self.remaining, NOTHING)
        return abs(self.remaining)

    @property
    def used(self) -> float:
        """The share of the track that is used up, in per cent."""
        if self.state in (ClockState.PENDING, ClockState.ENDED) or self.track <= NOTHING:
            return 0.0
        share = 1 - self.remaining / self.track
        return round(100 * min(max(share, 0.0), 1.0), 1)

    @property
    def gaps(self) -> tuple[float, ...]:
        """Where the warnings stand on the track, in per cent of it."""
        if self.track <= NOTHING:
            return ()
        shares = (100 * (1 + rung / self.track) for rung in self.rungs)
        return tuple(round(share, 1) for share in shares if 0 < share < 100)

    @property
    def warns_at(self) -> tuple[datetime, ...]:
        """When its warnings come, in UTC; nothing while it has no due moment."""
        return tuple(self.due_at + rung for rung in self.rungs) if self.due_at else ()

    def figure(self, *, lead: bool = False) -> tuple[str, tuple[Part, ...], str]:
        """Return the words before the numbers, the numbers with their units, the words after.

        With ``lead`` the last fifteen minutes carry their seconds.
        """
        before, _figure, after = str(FIGURES[self.state]).partition("{figure}")
        return before.strip(), self._parts(lead), after.strip()

    def _parts(self, lead: bool) -> tuple[Part, ...]:
        if self.state in (ClockState.PENDING, ClockState.ENDED):
            return allowed_parts(self.unit, self.allowance)
        if self._is_worked:
            return worked_parts(self.length)
        if not self.ticks:
            return plain_parts(self.length)
        return parts(self.length, seconds=lead and self.length < LAST_MINUTES)

    def when(self, *, day: bool = False) -> str:
        """Return the moment that its words speak of: due, resumed or done."""
        at = self.due_at
        if self._worded == ClockState.PAUSED:
            at = self.resumes_at
        elif self.state == ClockState.ANSWERED_LATE:
            at = self.answered_at
        return moment(at, self.now, day=day) if at else ""

    def words(self, *, day: bool = False, named: bool = False) -> tuple[str, str]:
        """Return the line under the figure: the word that stands out, and the rest.

        ``day`` says "today" for today, ``named`` says which promise it is.
        """
        pattern = (NAMED if named else PLAIN)[self._worded]
        if self._is_worked and self._worded == ClockState.PAUSED:
            pattern = WORKED["named" if named else "plain"]
        rest = str(pattern).format(
            promise=self.promise, moment=self.when(day=day),
            allowance=allowed(self.unit, self.allowance),
        )  # fmt: skip
        if day and self._worded == ClockState.BREACHED and self.level > 1:
            rest = _("{words}, level {level}").format(words=rest, level=self.level)
        return str(STRONG.get(self._worded, "")), rest

    @property
    def label(self) -> str:
        """The name that a screen reader says. It changes with the state, never with the figure."""
        worked = self._is_worked and self._worded == ClockState.PAUSED
        length = worked_parts(self.length) if worked else plain_parts(self.length)
        return str(WORKED["spoken"] if worked else SPOKEN[self._worded]).format(
            promise=self.promise,
            moment=self.when(day=True),
            length=" ".join(f"{number} {unit}" for number, unit in length),
            allowance=allowed(self.unit, self.allowance),
        )


def face(deadline: Deadline, *, now: datetime) -> Clock:
    """Return how a deadline looks at ``now``.

    Late and warned are read from the times, never from what the sweep has got to: a
    promise is late from the first instant after its due moment. A clock kept for the
    record alone is never late.
    """
    state = _state(deadline, now)
    settled = deadline.kept_at or deadline.answered_late_at or now
    if deadline.due_at is not None:
        remaining = deadline.due_at - settled
    else:
        remaining = deadline.remaining or NOTHING
    fired = deadline.ladder[: deadline.rung]
    unit = Unit(deadline.unit) if deadline.unit else Unit.ELAPSED
    return Clock(
        promise=promise_name(deadline),
        state=state,
        now=now,
        allowance=deadline.allowance,
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        remaining=remaining,
        resumes_at=deadline.resume_at,
        kept_at=deadline.kept_at,
        answered_at=deadline.answered_late_at,
        rungs=_warnings(deadline),
        level=max((rung["level"] for rung in fired if rung["kind"] != "warning"), default=0),
        unit=unit,
        span=_span(deadline, unit, remaining),
    )


def _span(deadline: Deadline, unit: Unit, remaining: timedelta) -> timedelta | None:
    """Return what the track of a clock shows, where that is not its allowance.

    Elapsed time is its own track. Working time and working days show the time from start
    to due; a clock of working time that stands still shows its allowance again, for what
    is left of it is working time, too.
    """
    if unit is Unit.ELAPSED or (unit is Unit.WORKING and deadline.due_at is None):
        return None
    if deadline.due_at is not None:
        return deadline.due_at - deadline.started_at
    return (deadline.paused_at or deadline.started_at) - deadline.started_at + remaining


def not_started(
    promise: Promise, allowance: timedelta, *, now: datetime, unit: Unit = Unit.ELAPSED
) -> Clock:
    """Return the clock of a promise that is still to come, counted in ``unit``."""
    return Clock(str(promise.label), ClockState.PENDING, now, allowance, unit=unit)


def promise_name(deadline: Deadline) -> str:
    """Return what a deadline promises, with its round from the second on."""
    label = str(Promise(deadline.promise).label)
    if deadline.cycle > 1 and deadline.promise in (Promise.RESPONSE, Promise.FOLLOW_UP):
        return _("{promise}, round {round}").format(promise=label, round=deadline.cycle)
    return label


def _warnings(deadline: Deadline) -> tuple[timedelta, ...]:
    """Return the warnings, counted back from the due moment as what is left is counted."""
    own = deadline.unit == Unit.WORKING and deadline.due_at is None
    offsets = (
        timedelta(seconds=rung.get("own", rung["offset"]) if own else rung["offset"])
        for rung in deadline.ladder
        if rung["kind"] == "warning" and not rung.get("before")
    )
    return tuple(sorted(offset for offset in offsets if offset < NOTHING))


def _state(deadline: Deadline, now: datetime) -> ClockState:
    if deadline.kept_at is not None:
        return ClockState.KEPT
    if deadline.answered_late_at is not None:
        return ClockState.ANSWERED_LATE
    if deadline.ended_at is not None:
        return ClockState.ENDED
    if deadline.due_at is None:
        late = (deadline.remaining or NOTHING) < NOTHING
        return ClockState.BREACHED if late else ClockState.PAUSED
    if deadline.due_at < now:
        return ClockState.ENDED if deadline.is_historical else ClockState.BREACHED
    warned = any(deadline.due_at + offset <= now for offset in _warnings(deadline))
    return ClockState.WARNED if warned else ClockState.RUNNING
