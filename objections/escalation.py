"""What each rung of a ladder does, and how an escalation climbs, is taken, lapses, closes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from objections import audience, notices, reminders, timeline
from objections.actors import SYSTEM, Actor
from objections.audience import Hearer
from objections.deadlines.terms import WARNING
from objections.models import Case, Deadline, Escalation, LadderRung
from objections.ringing import Ringing, facts
from objections.vocabulary import EscalationReason, EventKind, NoticeKind


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
        _warn(deadline, rung, at, ringing, silent=overtaken)
    elif rung["offset"] <= 0:
        _breach(deadline, at, ringing)
    else:
        _raise_level(deadline, rung, at, ringing)
    deadline.rung += 1
    deadline.alarm_at = following
    ringing.rungs += 1


def _warn(
    deadline: Deadline, rung: LadderRung, at: datetime, ringing: Ringing, *, silent: bool
) -> None:
    case = deadline.case
    silent = silent or case.is_observed
    heard = [] if silent else audience.warned(case, rung, ringing.presence)
    told, instead = audience.keys(heard)
    ringing.say(
        case, EventKind.DEADLINE_WARNED, at=at, rung=deadline.rung, told=told, in_place_of=instead,
        **facts(deadline),
    )  # fmt: skip
    if not silent:
        ringing.notices += notices.compose(
            audience.people(heard), NoticeKind.WARNED, case, at=at, now=ringing.now,
            deadline=deadline, robots=ringing.robots,
        )  # fmt: skip


def _breach(
    deadline: Deadline,
    at: datetime,
    ringing: Ringing,
    *,
    by_change: bool = False,
    silent: bool = False,
) -> None:
    """Break the promise, and open its escalation; of an observed case nobody hears."""
    case, level = deadline.case, ringing_level(deadline)
    deadline.breached_at = at
    heard: list[Hearer] = []
    if not case.is_observed:
        escalation = Escalation(
            case=case, deadline=deadline, reason=EscalationReason.DEADLINE, level=level,
            opened_at=at,
        )  # fmt: skip
        ringing.opened.append(escalation)
        ringing.open_by_deadline[deadline.pk] = escalation
        heard = _tell(escalation, at, ringing, rung=deadline.rung, also=True, silent=silent)
    told, instead = audience.keys(heard)
    ringing.say(
        case, EventKind.DEADLINE_BREACHED, at=at, rung=deadline.rung, level=level,
        by_change=by_change, observed=case.is_observed, silent=silent, told=told,
        in_place_of=instead, **facts(deadline),
    )  # fmt: skip


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


def _raise_level(deadline: Deadline, rung: LadderRung, at: datetime, ringing: Ringing) -> None:
    """Let the open escalation climb; without one, or of an observed case, only record it."""
    case, level = deadline.case, rung["level"]
    escalation = ringing.open_by_deadline.get(deadline.pk)
    heard: list[Hearer] = []
    if escalation is not None:
        escalation.case, escalation.deadline = case, deadline
        reminders.overtaken_by(escalation, at, ringing)
        escalation.level = max(level, escalation.level)
        ringing.change(escalation)
        heard = _tell(escalation, at, ringing, rung=deadline.rung)
    told, instead = audience.keys(heard)
    ringing.say(
        case, EventKind.ESCALATION_CLIMBED, at=at, rung=deadline.rung, level=level, told=told,
        in_place_of=instead, observed=case.is_observed, **facts(deadline),
    )  # fmt: skip


def _tell(
    escalation: Escalation,
    at: datetime,
    ringing: Ringing,
    *,
    rung: int | None,
    also: bool = False,
    kind: NoticeKind = NoticeKind.ESCALATED,
    silent: bool = False,
) -> list[Hearer]:
    """Write the entry of the level reached, tell its people, and set its reminders.

    With ``also``, the handler hears, too. ``silent`` writes the entry alone. Returns whom
    the level told.
    """
    case, deadline, level = escalation.case, escalation.deadline, escalation.level
    heard: list[Hearer] = []
    if not silent:
        own = deadline.ladder[rung] if deadline is not None and rung is not None else None
        heard = (
            audience.reached(case, own, level, ringing.presence)
            if own is not None
            else audience.of_level(case, level, deadline, ringing.presence)
        )
        reminders.begin(escalation, at)
    told, instead = audience.keys(heard)
    ringing.entries.append(
        {
            "escalation": escalation, "deadline": deadline, "rung": rung, "level": level,
            "occurred_at": at, "recorded_at": ringing.now, "told": told, "in_place_of": instead,
        }
    )  # fmt: skip
    if not silent:
        informed = audience.handlers(case, ringing.presence) if also else []
        ringing.notices += notices.compose(
            audience.people([*heard, *informed]), kind, case, at=at, now=ringing.now,
            deadline=deadline, escalation=escalation, level=level, robots=ringing.robots,
        )  # fmt: skip
    return heard


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
    ringing.change(escalation)
    heard = _tell(escalation, at, ringing, rung=None, kind=NoticeKind.LAPSED)
    told, instead = audience.keys(heard)
    ringing.say(
        escalation.case, EventKind.ESCALATION_LAPSED, at=at, told=told, in_place_of=instead, **data
    )
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

    Returns None where one for that reason is open already, and for a case that is only
    observed.
    """
    if case.is_observed:
        return None
    if case.escalations.filter(reason=reason, closed_at=None, deadline=None).exists():
        return None
    ringing = Ringing(now)
    escalation = Escalation(
        case=case, deadline=None, reason=reason, level=audience.SUPERVISOR, opened_at=at
    )
    ringing.opened.append(escalation)
    told, instead = audience.keys(_tell(escalation, at, ringing, rung=None))
    ringing.say(
        case, EventKind.ESCALATION_RAISED, at=at, reason=reason, level=escalation.level, told=told,
        in_place_of=instead,
    )  # fmt: skip
    ringing.save()
    return escalation


def reopen_for(deadline: Deadline, *, at: datetime, now: datetime) -> None:
    """Open an escalation again for a broken promise whose late answer proved to be none.

    It stands at the level that was reached, and the ladder goes on from there with its
    own gaps. The caller saves the deadline.
    """
    if deadline.case.escalations.filter(deadline=deadline, closed_at=None).exists():
        return
    before = deadline.case.escalations.filter(deadline=deadline).values_list("level", flat=True)
    level = max([*before, *_levels_rung(deadline)], default=audience.SUPERVISOR)
    _climb_on(deadline, level, at)
    if deadline.case.is_observed:
        return
    ringing = Ringing(now)
    escalation = Escalation(
        case=deadline.case, deadline=deadline, reason=EscalationReason.DEADLINE, level=level,
        opened_at=at,
    )  # fmt: skip
    ringing.opened.append(escalation)
    told, instead = audience.keys(_tell(escalation, at, ringing, rung=None, also=True))
    ringing.say(
        deadline.case, EventKind.ESCALATION_RAISED, at=at, reason=EscalationReason.DEADLINE,
        level=level, told=told, in_place_of=instead, **facts(deadline),
    )  # fmt: skip
    ringing.save()


def _levels_rung(deadline: Deadline) -> list[int]:
    return [rung["level"] for rung in deadline.ladder[: deadline.rung] if rung["kind"] != WARNING]


__all__ = [
    "Ringing", "break_by_change", "climb", "close", "facts", "lapse", "raise_without_clock",
    "reopen_for",
]  # fmt: skip
