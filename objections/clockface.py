"""What a clock shows: its state, its figure, its words. Pure; it is handed the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from objections.vocabulary import Promise
from timekeeping.wording import Part, duration, moment, parts, plain_parts

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

    ``remaining`` is what is left, below nothing when it is late. ``rungs`` are the
    warnings of its ladder, counted from the due moment and so negative. ``level`` is
    how high its escalation has climbed.
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
            return max(self.allowance - self.remaining, NOTHING)
        return abs(self.remaining)

    @property
    def used(self) -> float:
        """The share of the allowance that is used up, in per cent."""
        if self.state in (ClockState.PENDING, ClockState.ENDED) or self.allowance <= NOTHING:
            return 0.0
        share = 1 - self.remaining / self.allowance
        return round(100 * min(max(share, 0.0), 1.0), 1)

    @property
    def gaps(self) -> tuple[float, ...]:
        """Where the warnings stand on the track, in per cent of the allowance."""
        if self.allowance <= NOTHING:
            return ()
        shares = (100 * (1 + rung / self.allowance) for rung in self.rungs)
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
        rest = str(pattern).format(
            promise=self.promise, moment=self.when(day=day), allowance=duration(self.allowance)
        )
        if day and self._worded == ClockState.BREACHED and self.level > 1:
            rest = _("{words}, level {level}").format(words=rest, level=self.level)
        return str(STRONG.get(self._worded, "")), rest

    @property
    def label(self) -> str:
        """The name that a screen reader says. It changes with the state, never with the figure."""
        return str(SPOKEN[self._worded]).format(
            promise=self.promise,
            moment=self.when(day=True),
            length=duration(self.length),
            allowance=duration(self.allowance),
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
        level=max((rung["level"] for rung in fired if rung["offset"] >= 0), default=0),
    )


def not_started(promise: Promise, allowance: timedelta, *, now: datetime) -> Clock:
    """Return the clock of a promise that is still to come."""
    return Clock(str(promise.label), ClockState.PENDING, now, allowance)


def promise_name(deadline: Deadline) -> str:
    """Return what a deadline promises, with its round from the second on."""
    label = str(Promise(deadline.promise).label)
    if deadline.cycle > 1 and deadline.promise in (Promise.RESPONSE, Promise.FOLLOW_UP):
        return _("{promise}, round {round}").format(promise=label, round=deadline.cycle)
    return label


def _warnings(deadline: Deadline) -> tuple[timedelta, ...]:
    offsets = (timedelta(seconds=rung["offset"]) for rung in deadline.ladder)
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
