"""What each rung of a ladder does, and how an escalation climbs, is taken, lapses, closes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from objections import audience, batches, notices, timeline
from objections.actors import SYSTEM, Actor
from objections.batches import Row
from objections.deadlines.terms import WARNING
from objections.models import (
    Case,
    CaseEvent,
    Deadline,
    Escalation,
    EscalationEntry,
    LadderRung,
    Notice,
)
from objections.notices import Robots
from objections.vocabulary import EscalationReason, EventKind, NoticeKind

CLIMBS = [
    "level", "taken_at", "taken_by", "lapses_at", "next_step", "alarm_at", "failures",
    "quarantined_at", "failure",
]  # fmt: skip


@dataclass
class Ringing:
    """Collects what a batch of ringing alarms writes, so that it is written at once.

    ``open_by_deadline`` holds the open escalations of the batch's deadlines.
    """

    now: datetime
    open_by_deadline: dict[int, Escalation] = field(default_factory=dict)
    present: dict[int, list[User]] = field(default_factory=dict)
    robots: Robots = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    opened: list[Escalation] = field(default_factory=list)
    climbed: dict[int, Escalation] = field(default_factory=dict)
    entries: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    rungs: int = 0

    def save(self) -> None:
        batches.insert_numbered(self.opened)
        if self.climbed:
            Escalation.objects.bulk_update(
                self.climbed.values(),
                CLIMBS,
            )
        batches.insert(EscalationEntry, self.entries)
        batches.insert(CaseEvent, self.events)
        batches.insert(Notice, self.notices)

    def say(self, case: Case, kind: EventKind, *, at: datetime, **data: Any) -> None:
        self.events.append(timeline.line(case, kind, at=at, now=self.now, **data))


def facts(deadline: Deadline) -> dict[str, Any]:
    """Return what every event about a deadline says of it, as keywords for the timeline."""
    return {
        "promise": deadline.promise,
        "cycle": deadline.cycle,
        "subject": deadline.subject,
        "deadline": deadline.pk,
    }


def climb(deadline: Deadline, ringing: Ringing) -> None:
    """Ring the deadline's next rung at its true moment and set the alarm for the one after.

    A warning that a later rung has overtaken is recorded, but nobody is told: after an
    outage people hear what is true now.
    """
    rung, at = deadline.next_rung, deadline.moment_of(deadline.rung)
    if rung is None or at is None:
        deadline.alarm_at = None
        return
    following = deadline.moment_of(deadline.rung + 1)
    overtaken = following is not None and following < ringing.now
    if rung["kind"] == WARNING:
        _warn(deadline, rung["level"], at, ringing, silent=overtaken)
    elif rung["offset"] <= 0:
        _breach(deadline, at, ringing)
    else:
        _raise_level(deadline, rung["level"], at, ringing)
    deadline.rung += 1
    deadline.alarm_at = following
    ringing.rungs += 1


def _warn(deadline: Deadline, level: int, at: datetime, ringing: Ringing, *, silent: bool) -> None:
    case = deadline.case
    ringing.say(case, EventKind.DEADLINE_WARNED, at=at, rung=deadline.rung, **facts(deadline))
    if silent:
        return
    people = audience.warned(case, level, ringing.present)
    ringing.notices += notices.compose(
        people, NoticeKind.WARNED, case, at=at, now=ringing.now, deadline=deadline,
        robots=ringing.robots,
    )  # fmt: skip


def _breach(
    deadline: Deadline,
    at: datetime,
    ringing: Ringing,
    *,
    by_change: bool = False,
    silent: bool = False,
) -> None:
    case, level = deadline.case, ringing_level(deadline)
    deadline.breached_at = at
    escalation = Escalation(
        case=case, deadline=deadline, reason=EscalationReason.DEADLINE, level=level, opened_at=at
    )
    ringing.opened.append(escalation)
    ringing.open_by_deadline[deadline.pk] = escalation
    ringing.say(
        case, EventKind.DEADLINE_BREACHED, at=at, rung=deadline.rung, level=level,
        by_change=by_change, **facts(deadline),
    )  # fmt: skip
    _tell(escalation, level, at, ringing, rung=deadline.rung, also=True, silent=silent)


def break_by_change(deadline: Deadline, *, now: datetime, with_alerts: bool) -> None:
    """Break a promise that a change has made overdue: one entry at ``now``, and one rung.

    The levels above count from there. Without alerts nobody is told, and it climbs no
    further. The caller saves the deadline.
    """
    if deadline.due_at is None:
        return
    ringing = Ringing(now)
    deadline.shift = now - deadline.due_at
    _breach(deadline, now, ringing, by_change=True, silent=not with_alerts)
    ringing.save()
    deadline.rung += 1
    deadline.alarm_at = deadline.moment_of(deadline.rung) if with_alerts else None


def ringing_level(deadline: Deadline) -> int:
    rung = deadline.next_rung
    return rung["level"] if rung is not None and rung["level"] else audience.SUPERVISOR


def _raise_level(deadline: Deadline, level: int, at: datetime, ringing: Ringing) -> None:
    escalation = ringing.open_by_deadline.get(deadline.pk)
    if escalation is None:
        return
    escalation.level = max(level, escalation.level)
    if escalation.pk is not None:
        ringing.climbed[escalation.pk] = escalation
    ringing.say(
        deadline.case, EventKind.ESCALATION_CLIMBED, at=at, rung=deadline.rung, level=level,
        **facts(deadline),
    )  # fmt: skip
    _tell(escalation, level, at, ringing, rung=deadline.rung)


def _tell(
    escalation: Escalation,
    level: int,
    at: datetime,
    ringing: Ringing,
    *,
    rung: int | None,
    also: bool = False,
    kind: NoticeKind = NoticeKind.ESCALATED,
    silent: bool = False,
) -> None:
    """Write the entry of a level, and tell its people; with ``also``, the handler too."""
    case, deadline = escalation.case, escalation.deadline
    people = [] if silent else audience.above(case, level)
    ringing.entries.append(
        {
            "escalation": escalation, "deadline": deadline, "rung": rung, "level": level,
            "occurred_at": at, "recorded_at": ringing.now, "told": [p.pk for p in people],
        }
    )  # fmt: skip
    if silent:
        return
    informed: Sequence[User] = audience.handlers(case, ringing.present) if also else []
    ringing.notices += notices.compose(
        [*people, *informed], kind, case, at=at, now=ringing.now, deadline=deadline,
        escalation=escalation, level=level, robots=ringing.robots,
    )  # fmt: skip


def lapse(escalation: Escalation, ringing: Ringing) -> None:
    """Reopen a taken escalation one level higher: its taker's time passed without proof.

    The climb goes on from there, with the ladder's own gaps between the levels.
    """
    at = escalation.lapses_at
    if at is None:
        escalation.alarm_at = None
        return
    level = min(escalation.level + 1, audience.HIGHEST_LEVEL)
    data: dict[str, Any] = {
        "level": level, "taker": escalation.taken_by_id, "reason": escalation.reason
    }  # fmt: skip
    if escalation.deadline is not None:
        data |= facts(escalation.deadline)
        _climb_on(escalation.deadline, level, at)
    escalation.level = level
    escalation.taken_at = escalation.taken_by = escalation.lapses_at = None
    escalation.next_step = escalation.failure = ""
    escalation.alarm_at = escalation.quarantined_at = None
    escalation.failures = 0
    ringing.climbed[escalation.pk] = escalation
    ringing.say(escalation.case, EventKind.ESCALATION_LAPSED, at=at, **data)
    _tell(escalation, level, at, ringing, rung=None, kind=NoticeKind.LAPSED)
    ringing.rungs += 1


def _climb_on(deadline: Deadline, level: int, at: datetime) -> None:
    """Set the ladder to go on above ``level``, shifted so that its gaps start at ``at``."""
    if not deadline.is_running or deadline.due_at is None:
        return
    steps: list[LadderRung] = deadline.ladder
    reached = [
        rung["offset"] for rung in steps if rung["kind"] != WARNING and rung["level"] <= level
    ]
    own = deadline.due_at + timedelta(seconds=max(reached, default=0.0))
    deadline.shift = max(timedelta(0), at - own)
    deadline.rung = next(
        (
            index
            for index, rung in enumerate(steps)
            if index >= deadline.rung and rung["level"] > level
        ),
        len(steps),
    )
    deadline.alarm_at = deadline.moment_of(deadline.rung)


def close(
    escalations: Iterable[Escalation], *, at: datetime, now: datetime, by: Actor = SYSTEM
) -> None:
    """Close open escalations of a locked case: the promise was kept, or has ended.

    None closes before it was opened or taken, though its proof be older.
    """
    for escalation in escalations:
        closed_at = max(at, escalation.opened_at, escalation.taken_at or at)
        escalation.closed_at = closed_at
        escalation.alarm_at = None
        escalation.save(update_fields=["closed_at", "alarm_at"])
        data: dict[str, Any] = {"reason": escalation.reason, "level": escalation.level}
        if escalation.deadline is not None:
            data |= facts(escalation.deadline)
        timeline.record(
            escalation.case, EventKind.ESCALATION_CLOSED, at=closed_at, now=now, by=by, **data
        )


def raise_without_clock(
    case: Case, reason: EscalationReason, *, at: datetime, now: datetime
) -> Escalation | None:
    """Bring a locked case to its supervisor at once, for a reason that has no clock.

    Returns None where one for that reason is open already.
    """
    if case.escalations.filter(reason=reason, closed_at=None, deadline=None).exists():
        return None
    ringing = Ringing(now)
    escalation = Escalation(
        case=case, deadline=None, reason=reason, level=audience.SUPERVISOR, opened_at=at
    )
    ringing.opened.append(escalation)
    ringing.say(case, EventKind.ESCALATION_RAISED, at=at, reason=reason, level=audience.SUPERVISOR)
    _tell(escalation, audience.SUPERVISOR, at, ringing, rung=None)
    ringing.save()
    return escalation


def reopen_for(deadline: Deadline, *, at: datetime, now: datetime) -> None:
    """Open an escalation again for a broken promise whose late answer proved to be none.

    It stands at the level that was reached, and the ladder goes on from there with its
    own gaps. The caller saves the deadline.
    """
    if deadline.case.escalations.filter(deadline=deadline, closed_at=None).exists():
        return
    level = max((e.level for e in deadline.case.escalations.filter(deadline=deadline)), default=1)
    _climb_on(deadline, level, at)
    ringing = Ringing(now)
    escalation = Escalation(
        case=deadline.case, deadline=deadline, reason=EscalationReason.DEADLINE, level=level,
        opened_at=at,
    )  # fmt: skip
    ringing.opened.append(escalation)
    ringing.say(
        deadline.case, EventKind.ESCALATION_RAISED, at=at, reason=EscalationReason.DEADLINE,
        level=level, **facts(deadline),
    )  # fmt: skip
    _tell(escalation, level, at, ringing, rung=None, also=True)
    ringing.save()
