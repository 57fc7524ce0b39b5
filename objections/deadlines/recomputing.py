"""Computing running clocks anew: another kind, urgency, tier, policy, calendar, or a merge.

A clock's new due moment is its original start, the new allowance and the pauses already
taken. Kept stays kept, broken stays broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from objections import escalation, timeline
from objections.actors import SYSTEM, Actor
from objections.deadlines import keeping, reckoning, terms
from objections.deadlines.reckoning import NOTHING, WARNING, Reckoned, Span
from objections.deadlines.terms import Terms
from objections.escalation import facts
from objections.models import Case, Deadline, HandOver, LadderRung
from objections.timeline import iso
from objections.vocabulary import EventKind, Promise, RecomputeCause, Unit
from timekeeping.models import Edition

COMPARED = (
    "policy_name", "policy_version", "unit", "calendar_id", "is_provisional", "allowance", "moved",
    "pause_maximum", "pauses_per_cycle", "pause_reasons", "remind_every", "remind_at_most",
    "started_at", "due_at", "remaining",
)  # fmt: skip


def recompute_case(
    case: Case, cause: RecomputeCause, *, now: datetime, by: Actor = SYSTEM,
    with_alerts: bool = True,
) -> list[Deadline]:  # fmt: skip
    """Compute the running clocks of a locked case anew under the policy in force.

    What was due by ``now`` has been rung by the caller. A clock with a due time of its
    own keeps it. Returns those that are due at another moment than before.
    """
    running = [row for row in keeping.running(case) if not row.has_own_due]
    given = terms.find(case, {Promise(row.promise) for row in running}) if running else {}
    return apply(running, given, cause, now=now, by=by, with_alerts=with_alerts)


def apply(
    running: Iterable[Deadline], given: dict[Promise, Terms], cause: RecomputeCause, *,
    now: datetime, by: Actor, with_alerts: bool,
) -> list[Deadline]:  # fmt: skip
    """Compute these clocks anew under these terms; return those whose due moment moved."""
    moved = []
    for row in running:
        before = (row.due_at, row.remaining)
        recompute(
            row, given[Promise(row.promise)], cause=cause, now=now, by=by, with_alerts=with_alerts
        )
        if (row.due_at, row.remaining) != before:
            moved.append(row)
    return moved


def recompute(
    deadline: Deadline, given: Terms, *, cause: RecomputeCause, now: datetime, by: Actor = SYSTEM,
    with_alerts: bool = True, started_at: datetime | None = None,
    answered_at: datetime | None = None,
) -> bool:  # fmt: skip
    """Compute one running clock of a locked case anew; return whether anything changed.

    Where the change itself makes it overdue, that is one entry at ``now``, "overdue by
    this change", and one rung; the levels above count from there. Without alerts nobody
    is told of it, and it climbs no further. One that the caller settles again at
    ``answered_at`` is judged by that moment, and not saved: another round of its promise
    may run by now.
    """
    if not deadline.is_running or deadline.breached_at is not None:
        return False
    start, was_due = started_at or deadline.started_at, deadline.due_at
    due = given.due(start, paused=pauses(deadline))
    if deadline.paused_at is not None and due.at < deadline.paused_at:
        _end_useless_pause(deadline, deadline.paused_at, now=now, by=by)
    seen_at = deadline.paused_at or answered_at or now
    if not _put_anew(deadline, given, start, due, seen_at):
        return False
    _settle_alarm(deadline)
    _move_hand_over(deadline)
    late = deadline.due_at is not None and deadline.due_at < seen_at
    overdue = late and not deadline.is_historical
    timeline.record(
        deadline.case, EventKind.DEADLINE_RECOMPUTED, at=now, now=now, by=by, cause=cause,
        was=iso(was_due), due_at=iso(deadline.due_at), started_at=iso(deadline.started_at),
        remaining=keeping.seconds(deadline.remaining), overdue=overdue, rung=deadline.rung,
        policy=given.policy_name, policy_version=given.policy_version, **facts(deadline),
        **keeping.said(deadline),
    )  # fmt: skip
    if overdue:
        escalation.break_by_change(deadline, now=now, with_alerts=with_alerts)
    if answered_at is None:
        deadline.save()
    return True


def _put_anew(
    deadline: Deadline, given: Terms, start: datetime, due: Reckoned, seen_at: datetime
) -> bool:
    """Give a clock its terms, its due moment and its rungs anew; False where none differs.

    The rungs that rang stay as the beginning of the ladder. A warning that lies before
    ``seen_at`` is not given late.
    """
    before = [getattr(deadline, name) for name in COMPARED]
    was_due, rang = deadline.due_at, deadline.ladder[: deadline.rung]
    waited = deadline.ladder[deadline.rung :]
    deadline.started_at = start
    keeping.put(deadline, given, due)
    if given.unit is Unit.ELAPSED:
        deadline.allowance -= due.stood
    if deadline.paused_at is not None:
        deadline.remaining = reckoning.left(deadline, deadline.paused_at)
        deadline.due_at = None
    coming = _coming(given.ladder(start, due), due.at, seen_at)
    if [getattr(deadline, name) for name in COMPARED] == before and coming == waited:
        return False
    deadline.ladder = _fired(rang, was_due, due.at) + coming
    deadline.shift = NOTHING
    return True


def pauses(deadline: Deadline) -> Sequence[Span]:
    """Return the times for which a clock stood still, without the one that lasts."""
    rows = deadline.pauses.all()
    return [(row.paused_at, row.resumed_at) for row in rows if row.resumed_at is not None]


def _end_useless_pause(deadline: Deadline, at: datetime, *, now: datetime, by: Actor) -> None:
    """End a pause before which the changed promise was late already: it saves nothing."""
    keeping.run_on(deadline, at)
    timeline.record(
        deadline.case, EventKind.DEADLINE_RESUMED, at=at, now=now, by=by,
        due_at=iso(deadline.due_at), **facts(deadline),
    )  # fmt: skip


def _move_hand_over(deadline: Deadline) -> None:
    """Let the question to a department say the time at which its answer is due now."""
    number, due_at = deadline.subject, deadline.due_at
    if deadline.promise == Promise.HAND_OVER and number is not None and due_at is not None:
        HandOver.objects.filter(case=deadline.case_id, number=number).update(due_at=due_at)


def _fired(
    rungs: Sequence[LadderRung], was_due: datetime | None, due_at: datetime
) -> list[LadderRung]:
    """Return the rungs that rang, at the moments at which they rang, seen from the new due."""
    if was_due is None:
        return list(rungs)
    by = (was_due - due_at).total_seconds()
    kept: list[LadderRung] = [
        {**rung, "offset": rung["offset"] + by, "before": True} for rung in rungs
    ]
    for rung in kept:
        rung.pop("own", None)
    return kept


def _coming(ladder: Sequence[LadderRung], due_at: datetime, seen_at: datetime) -> list[LadderRung]:
    """Return the rungs still to come: a warning that lies in the past is not given late."""
    return [
        rung
        for rung in ladder
        if rung["kind"] != WARNING or due_at + timedelta(seconds=rung["offset"]) >= seen_at
    ]


def _settle_alarm(deadline: Deadline) -> None:
    if deadline.is_historical:
        deadline.alarm_at = None
    elif deadline.paused_at is not None:
        deadline.alarm_at = deadline.resume_at
    else:
        deadline.alarm_at = deadline.moment_of(deadline.rung)


def own_terms(deadline: Deadline, edition: Edition | None) -> Terms:
    """Return the terms that a clock has, on another edition of its calendar."""
    steps = [
        terms.Step(timedelta(seconds=rung.get("own", rung["offset"])), rung["level"],
                   rung.get("person"))
        for rung in deadline.ladder
        if not rung.get("before")
    ]  # fmt: skip
    return Terms(
        policy_name=deadline.policy_name, policy_version=deadline.policy_version,
        unit=Unit(deadline.unit), length=deadline.allowance, steps=tuple(steps),
        pause_maximum=deadline.pause_maximum, pauses_per_cycle=deadline.pauses_per_cycle,
        pause_reasons=tuple(deadline.pause_reasons), remind_every=deadline.remind_every,
        remind_at_most=deadline.remind_at_most, edition=edition,
    )  # fmt: skip


def follow_calendar(deadline: Deadline, edition: Edition, *, now: datetime) -> bool:
    """Compute a provisional clock of a locked case anew, now that its year is known.

    A breach that only the unknown year had made is withdrawn, also where the late answer
    turns out to have been in time. Returns whether anything changed.
    """
    given = own_terms(deadline, edition)
    if deadline.breached_at is None:
        return deadline.is_running and recompute(
            deadline, given, cause=RecomputeCause.CALENDAR, now=now
        )
    due = given.due(deadline.started_at, paused=pauses(deadline))
    if (deadline.answered_late_at or now) > due.at:
        return False
    answered_at, proof = deadline.answered_late_at, deadline.proof
    keeping.withdraw_breach(deadline, at=now, now=now, by=SYSTEM)
    deadline.answered_late_at = None
    if answered_at is None:
        deadline.save()
    keeping.close_escalations(deadline, at=now, now=now, by=SYSTEM)
    recompute(deadline, given, cause=RecomputeCause.CALENDAR, now=now, answered_at=answered_at)
    if answered_at is not None:
        keeping.settle_again(deadline, at=answered_at, now=now, by=SYSTEM, proof=proof)
    return True
