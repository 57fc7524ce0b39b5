"""Reminding the people of a level until one of them takes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from objections import audience, notices
from objections.models import Deadline, Escalation
from objections.ringing import Ringing, facts
from objections.vocabulary import EventKind, NoticeKind, Promise


def begin(escalation: Escalation, at: datetime) -> None:
    """Set the schedule of a level that was reached at ``at``; none where nobody has one."""
    escalation.reminders = 0
    escalation.alarm_at = _next(escalation, at)


def ring(escalation: Escalation, ringing: Ringing) -> None:
    """Ring all reminders that are due, each at its true moment.

    Those that the next one has overtaken are recorded, and only the last is sent.
    """
    if escalation.quarantined_at is not None:
        escalation.alarm_at = _own_moment(escalation)
    while (at := escalation.alarm_at) is not None and at < ringing.now:
        following = _next(escalation, at, already=escalation.reminders + 1)
        overtaken = following is not None and following < ringing.now
        _remind(escalation, at, ringing, silent=overtaken)
        escalation.alarm_at = following
    escalation.failures, escalation.failure, escalation.quarantined_at = 0, "", None
    ringing.change(escalation)


def overtaken_by(escalation: Escalation, climb_at: datetime, ringing: Ringing) -> None:
    """Record the reminders that fell due before a climb; nobody is sent what it says better.

    So the timeline is the same whether anybody looked in between or not.
    """
    while escalation.taken_at is None and (at := escalation.alarm_at) is not None and at < climb_at:
        following = _next(escalation, at, already=escalation.reminders + 1)
        _remind(escalation, at, ringing, silent=True)
        escalation.alarm_at = following


def _remind(escalation: Escalation, at: datetime, ringing: Ringing, *, silent: bool) -> None:
    case, deadline, level = escalation.case, escalation.deadline, escalation.level
    escalation.reminders += 1
    heard = [] if silent else audience.of_level(case, level, deadline, ringing.presence)
    told, instead = audience.keys(heard)
    data: dict[str, Any] = facts(deadline) if deadline is not None else {}
    ringing.say(
        case, EventKind.ESCALATION_REMINDED, at=at, reason=escalation.reason, level=level,
        number=escalation.reminders, told=told, in_place_of=instead, **data,
    )  # fmt: skip
    if not silent:
        ringing.notices += notices.compose(
            audience.people(heard), NoticeKind.REMINDED, case, at=at, now=ringing.now,
            deadline=deadline, escalation=escalation, level=level, robots=ringing.robots,
        )  # fmt: skip


def _next(escalation: Escalation, at: datetime, already: int = 0) -> datetime | None:
    """Return when the reminder after ``at`` rings; None once there were as many as allowed."""
    clock = escalation.deadline or _response(escalation)
    if clock is None or clock.remind_every is None or already >= clock.remind_at_most:
        return None
    return at + clock.remind_every


def _response(escalation: Escalation) -> Deadline | None:
    """A reason without a clock reminds as the case's newest promise of a response does."""
    rows = escalation.case.deadlines.filter(promise=Promise.RESPONSE)
    return rows.order_by("-cycle", "-pk").first()


def _own_moment(escalation: Escalation) -> datetime | None:
    """Return when its next reminder was due before its alarm was pushed aside."""
    reached = escalation.entries.order_by("occurred_at", "pk").last()
    at = reached.occurred_at if reached is not None else escalation.opened_at
    first = _next(escalation, at, already=escalation.reminders)
    return at + (first - at) * (escalation.reminders + 1) if first is not None else None
