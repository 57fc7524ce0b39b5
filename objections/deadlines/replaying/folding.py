"""Telling a case's clocks from its timeline alone, event by event, as they were recorded.

What follows from an event is reckoned here once more, apart from the code that wrote the
rows: only the arithmetic of working time is shared.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from objections.deadlines.replaying.following import (
    after,
    climb_on,
    give_terms,
    laid,
    length,
    moment,
    set_alarm,
)
from objections.deadlines.replaying.rows import (
    NOTHING,
    ClockRow,
    EntryRow,
    EscalationRow,
    PauseRow,
)
from objections.vocabulary import EscalationReason, EventKind, Promise, Unit
from timekeeping import calendars
from timekeeping.calendars import WorkingHours

Hours = Callable[[int], WorkingHours]
"""Gives the working hours of an edition by its key."""

SUPERVISOR = 1


class Happened(NamedTuple):
    """An event of the timeline: what a replay is made of."""

    kind: str
    occurred_at: datetime
    recorded_at: datetime
    user_id: int | None
    data: dict[str, Any]


class Fold:
    """The clocks of one case as far as its timeline has been read.

    ``unreplayable`` are the clocks that were started before their terms were written
    into the timeline, ``untold`` the escalations without a clock from that time.
    """

    def __init__(self, case_id: int, hours: Hours) -> None:
        self.case_id = case_id
        self.clocks: dict[int, ClockRow] = {}
        self.pauses: dict[int, list[PauseRow]] = {}
        self.escalations: dict[int | str, list[EscalationRow]] = {}
        self.unreplayable: set[int] = set()
        self.untold: set[str] = set()
        self._hours = hours

    def take(self, event: Happened) -> None:
        """Take the next event in."""
        act = ACTS.get(event.kind)
        if act is not None:
            act(self, event)

    # ── the life of a clock ───────────────────────────────────────────────────────────

    def started(self, event: Happened) -> None:
        data = event.data
        if "ladder" not in data:
            self.unreplayable.add(data["deadline"])
            return
        clock = ClockRow(
            id=data["deadline"], case_id=self.case_id, promise=data["promise"],
            cycle=data["cycle"], subject=data["subject"], is_historical=data["historical"],
            has_own_due=data.get("own_due", data["promise"] == Promise.COMMITMENT),
            started_at=event.occurred_at, due_at=moment(data["due_at"]),
        )  # fmt: skip
        give_terms(clock, data)
        set_alarm(clock)
        self.clocks[clock.id] = clock
        self.pauses[clock.id] = []

    def recomputed(self, event: Happened) -> None:
        clock, data = self._clock(event), event.data
        if clock is None:
            return
        give_terms(clock, data)
        clock.started_at = datetime.fromisoformat(data["started_at"])
        clock.due_at, clock.remaining = moment(data["due_at"]), length(data["remaining"])
        clock.rung, clock.shift = data["rung"], NOTHING
        set_alarm(clock)

    def settled(self, event: Happened) -> None:
        clock = self._clock(event)
        if clock is None:
            return
        at = event.occurred_at
        if clock.paused_at is not None:
            self._run_on(clock, max(at, clock.paused_at))
        kept = event.kind == EventKind.DEADLINE_KEPT
        clock.kept_at, clock.answered_late_at = (at, None) if kept else (None, at)
        clock.proof_id, clock.alarm_at = event.data["proof"], None

    def ended(self, event: Happened) -> None:
        clock = self._clock(event)
        if clock is None:
            return
        clock.kept_at = clock.answered_late_at = clock.proof_id = None
        clock.ended_at, clock.alarm_at = event.occurred_at, None
        clock.ended_as = "merged" if event.kind == EventKind.DEADLINE_MERGED else "void"
        self._end_pause(clock, event.occurred_at)

    def revived(self, event: Happened) -> None:
        """It runs again: a merge was undone, a kind put right, or a proof was none."""
        clock, at = self._clock(event), event.occurred_at
        if clock is None:
            return
        clock.kept_at = clock.answered_late_at = clock.proof_id = None
        clock.ended_at, clock.ended_as = None, ""
        if clock.paused_at is not None:
            for pause in self.pauses[clock.id]:
                if pause.paused_at == clock.paused_at:
                    pause.resumed_at = None
            clock.shift = max(clock.shift, at - self._due_if_resumed(clock), NOTHING)
            set_alarm(clock)
        elif clock.breached_at is not None:
            climb_on(clock, self._reached(clock), at)
        elif clock.due_at is not None:
            clock.shift = max(clock.shift, at - clock.due_at, NOTHING)
            set_alarm(clock)
        if clock.is_historical:
            clock.alarm_at = None

    def paused(self, event: Happened) -> None:
        clock, data, at = self._clock(event), event.data, event.occurred_at
        if clock is None or clock.due_at is None:
            return
        until = datetime.fromisoformat(data["resume_at"])
        self.pauses[clock.id].append(
            PauseRow(clock.id, data["reason"], data["words"], at, until, event.user_id)
        )
        clock.remaining = clock.due_at - at
        if clock.unit == Unit.WORKING and clock.calendar_id is not None:
            hours = self._hours(clock.calendar_id)
            clock.remaining = calendars.between(hours, at, clock.due_at)
        clock.due_at, clock.paused_at, clock.resume_at = None, at, until
        set_alarm(clock)

    def resumed(self, event: Happened) -> None:
        clock = self._clock(event)
        if clock is not None and clock.paused_at is not None:
            self._run_on(clock, event.occurred_at)
            set_alarm(clock)

    def breach_withdrawn(self, event: Happened) -> None:
        clock = self._clock(event)
        if clock is not None:
            clock.breached_at = None

    # ── what rang ─────────────────────────────────────────────────────────────────────

    def warned(self, event: Happened) -> None:
        clock = self._clock(event)
        if clock is not None:
            clock.rung = event.data["rung"] + 1
            clock.alarm_at = clock.rings_at(clock.rung)

    def breached(self, event: Happened) -> None:
        clock, data, at = self._clock(event), event.data, event.occurred_at
        if clock is None:
            return
        clock.breached_at = at
        if "rung" not in data:  # its alarm had not rung; the answer that came late said so
            return
        silent = data["silent"]
        if data["by_change"] and clock.due_at is not None:
            clock.shift = at - clock.due_at
        if not data["observed"]:
            self._open(event, data["level"], clock, silent=silent)
        clock.rung = data["rung"] + 1
        clock.alarm_at = None if silent else clock.rings_at(clock.rung)

    def climbed(self, event: Happened) -> None:
        clock, data = self._clock(event), event.data
        if clock is None:
            return
        row = None if data["observed"] else self._standing(event)
        if row is not None:
            row.level = max(data["level"], row.level)
            self._reach(row, event, data["rung"])
            self._begin_reminders(row, event.occurred_at)
        clock.rung = data["rung"] + 1
        clock.alarm_at = clock.rings_at(clock.rung)

    def raised(self, event: Happened) -> None:
        clock = self._clock(event)
        if event.data.get("deadline") is None and "told" not in event.data:
            self.untold.add(event.data["reason"])
        elif clock is not None or event.data.get("deadline") is None:
            self._open(event, event.data["level"], clock)

    def reminded(self, event: Happened) -> None:
        row = self._standing(event)
        if row is not None:
            row.reminders = event.data["number"]
            row.alarm_at = self._next_reminder(row, event.occurred_at)

    def taken(self, event: Happened) -> None:
        row, clock = self._standing(event), self._clock(event)
        if row is None:
            return
        until = datetime.fromisoformat(event.data["until"])
        row.taken_at, row.taken_by_id = event.occurred_at, event.user_id
        row.next_step, row.lapses_at, row.alarm_at = event.data["words"], until, until
        if clock is not None:
            clock.alarm_at = None

    def lapsed(self, event: Happened) -> None:
        row, clock, level = self._standing(event), self._clock(event), event.data["level"]
        if row is None:
            return
        if clock is not None:
            climb_on(clock, level, event.occurred_at)
        row.level, row.next_step = level, ""
        row.taken_at = row.taken_by_id = row.lapses_at = None
        self._reach(row, event, None)
        self._begin_reminders(row, event.occurred_at)

    def closed(self, event: Happened) -> None:
        row = self._standing(event)
        if row is not None:
            row.closed_at, row.alarm_at = event.occurred_at, None

    # ── helpers ───────────────────────────────────────────────────────────────────────

    def _clock(self, event: Happened) -> ClockRow | None:
        return self.clocks.get(event.data.get("deadline") or 0)

    def _open(
        self, event: Happened, level: int, clock: ClockRow | None, *, silent: bool = False
    ) -> None:
        reason = EscalationReason.DEADLINE.value if clock is not None else event.data["reason"]
        deadline_id = clock.id if clock is not None else None
        row = EscalationRow(self.case_id, deadline_id, reason, level, event.occurred_at)
        self.escalations.setdefault(deadline_id or reason, []).append(row)
        self._reach(row, event, event.data.get("rung"))
        if not silent:
            self._begin_reminders(row, event.occurred_at)

    def _standing(self, event: Happened) -> EscalationRow | None:
        """Return the open escalation that an event is about."""
        rows = self.escalations.get(event.data.get("deadline") or event.data.get("reason", ""), ())
        return next((row for row in rows if row.closed_at is None), None)

    def _reach(self, row: EscalationRow, event: Happened, rung: int | None) -> None:
        told, instead = event.data["told"], event.data["in_place_of"]
        at, recorded_at = event.occurred_at, event.recorded_at
        row.entries.append(
            EntryRow(row.deadline_id, rung, row.level, at, recorded_at, told, instead)
        )

    def _reached(self, clock: ClockRow) -> int:
        """Return the highest level that a clock's escalations and rungs have reached."""
        rang = [rung["level"] for rung in clock.ladder[: clock.rung] if rung["kind"] != "warning"]
        rows = [row.level for row in self.escalations.get(clock.id, ())]
        return max([*rang, *rows], default=SUPERVISOR)

    def _begin_reminders(self, row: EscalationRow, at: datetime) -> None:
        row.reminders = 0
        row.alarm_at = self._next_reminder(row, at)

    def _next_reminder(self, row: EscalationRow, at: datetime) -> datetime | None:
        """One without a clock reminds as the case's newest response does."""
        clock = self.clocks.get(row.deadline_id) if row.deadline_id else self._newest_response()
        if clock is None or clock.remind_every is None or row.reminders >= clock.remind_at_most:
            return None
        return at + clock.remind_every

    def _newest_response(self) -> ClockRow | None:
        found = [row for row in self.clocks.values() if row.promise == Promise.RESPONSE]
        return max(found, key=lambda row: (row.cycle, row.id), default=None)

    def _run_on(self, clock: ClockRow, at: datetime) -> None:
        rest = clock.remaining or NOTHING
        clock.due_at = at + rest
        if clock.unit == Unit.WORKING and clock.calendar_id is not None and rest > NOTHING:
            hours = self._hours(clock.calendar_id)
            clock.due_at, clock.is_provisional = after(hours, at, rest)
            clock.ladder = laid(clock.ladder, clock.due_at, hours)
        clock.remaining = clock.paused_at = clock.resume_at = None
        self._end_pause(clock, at)

    def _due_if_resumed(self, clock: ClockRow) -> datetime:
        """Return when a clock that stands still falls due if it resumes at its own time."""
        rest, at = clock.remaining or NOTHING, clock.resume_at or clock.started_at
        if clock.unit == Unit.WORKING and clock.calendar_id is not None and rest > NOTHING:
            return after(self._hours(clock.calendar_id), at, rest)[0]
        return at + rest

    def _end_pause(self, clock: ClockRow, at: datetime) -> None:
        for pause in self.pauses[clock.id]:
            if pause.resumed_at is None:
                pause.resumed_at = at


ACTS: dict[str, Callable[[Fold, Happened], None]] = {
    EventKind.DEADLINE_STARTED: Fold.started,
    EventKind.DEADLINE_RECOMPUTED: Fold.recomputed,
    EventKind.DEADLINE_KEPT: Fold.settled,
    EventKind.DEADLINE_ANSWERED_LATE: Fold.settled,
    EventKind.DEADLINE_VOIDED: Fold.ended,
    EventKind.DEADLINE_MERGED: Fold.ended,
    EventKind.DEADLINE_REVIVED: Fold.revived,
    EventKind.DEADLINE_PAUSED: Fold.paused,
    EventKind.DEADLINE_RESUMED: Fold.resumed,
    EventKind.BREACH_WITHDRAWN: Fold.breach_withdrawn,
    EventKind.DEADLINE_WARNED: Fold.warned,
    EventKind.DEADLINE_BREACHED: Fold.breached,
    EventKind.ESCALATION_RAISED: Fold.raised,
    EventKind.ESCALATION_CLIMBED: Fold.climbed,
    EventKind.ESCALATION_REMINDED: Fold.reminded,
    EventKind.ESCALATION_TAKEN: Fold.taken,
    EventKind.ESCALATION_LAPSED: Fold.lapsed,
    EventKind.ESCALATION_CLOSED: Fold.closed,
}
"""What each event does to the rows; every other kind leaves them alone."""
