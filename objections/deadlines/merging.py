"""Clocks of a case that is merged into another one, and of the one that stays.

All of it works on cases whose locks the caller holds, in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from objections import escalation, timeline
from objections.actors import Actor
from objections.deadlines import keeping, recomputing, terms
from objections.escalation import facts
from objections.models import Case, Deadline, Pause, Policy
from objections.timeline import iso
from objections.vocabulary import EscalationReason, EventKind, Promise, RecomputeCause

MERGED = "merged"


def starts(case: Case) -> dict[Promise, datetime]:
    """Return since when each promise of the case itself runs; one of a subject is its own."""
    return {
        Promise(row.promise): row.started_at for row in keeping.running(case) if row.subject is None
    }


def end(case: Case, *, at: datetime, now: datetime, by: Actor) -> None:
    """End all that runs on a case as merged: it never alerts again.

    A broken promise stays broken. Escalations close, those without a clock, too.
    """
    for deadline in keeping.running(case):
        keeping.end_one(deadline, at=at, now=now, by=by, merged=True)
    keeping.close_reasons(case, at=at, now=now, by=by)


def revive(case: Case, *, merged_at: datetime, now: datetime, by: Actor) -> None:
    """Let the clocks that ended with the merge run again, each with its former due moment.

    One that stood still stands still again until its own time. What fell due meanwhile is
    rung by the caller, at its true moment; the levels above wait as long after this
    moment as after the due moment itself, for nobody could take it before. What was
    escalated is escalated again, at the level that it had reached.
    """
    for deadline in case.deadlines.select_for_update(no_key=True).filter(ended_as=MERGED):
        deadline.case = case
        revive_one(deadline, now=now, by=by)
    closed = case.escalations.filter(deadline=None, closed_at=merged_at)
    for reason in closed.values_list("reason", flat=True):
        escalation.raise_without_clock(case, EscalationReason(reason), at=now, now=now)


def revive_one(deadline: Deadline, *, now: datetime, by: Actor) -> None:
    """Let one clock that has ended run again; see ``revive``."""
    deadline.ended_at, deadline.ended_as = None, ""
    if deadline.paused_at is not None:
        Pause.objects.filter(deadline=deadline, paused_at=deadline.paused_at).update(
            resumed_at=None
        )
        deadline.alarm_at = deadline.resume_at
    elif deadline.breached_at is not None:
        escalation.reopen_for(deadline, at=now, now=now)
    elif deadline.due_at is not None:
        deadline.shift = max(deadline.shift, now - deadline.due_at, timedelta(0))
        deadline.alarm_at = deadline.moment_of(deadline.rung)
    if deadline.is_historical:
        deadline.alarm_at = None
    deadline.save()
    timeline.record(
        deadline.case, EventKind.DEADLINE_REVIVED, at=now, now=now, by=by,
        due_at=iso(deadline.due_at), remaining=keeping.seconds(deadline.remaining),
        **facts(deadline),
    )  # fmt: skip


def restart(
    case: Case,
    wanted: Mapping[int, datetime],
    cause: RecomputeCause,
    *,
    now: datetime,
    by: Actor,
) -> None:
    """Let running clocks count from another start; ``wanted`` says which, by their key.

    Kept stays kept, broken stays broken. Each keeps the version of its policy. One that
    this makes overdue is broken by the change: one entry, one rung.
    """
    for deadline in keeping.running(case):
        start = wanted.get(deadline.pk)
        if start is not None and start != deadline.started_at:
            recomputing.recompute(
                deadline, _terms(deadline), cause=cause, now=now, by=by, started_at=start
            )


def _terms(deadline: Deadline) -> terms.Terms:
    """Return the terms of the policy that a clock was made under."""
    case, promise = deadline.case, Promise(deadline.promise)
    policy = Policy.objects.filter(
        name=deadline.policy_name, version=deadline.policy_version
    ).first()
    if policy is not None:
        try:
            return terms.of(policy, terms.Facts.of(case), [promise])[promise]
        except terms.NoPolicy:
            pass  # it says nothing about what the case has become since
    return terms.find(case, [promise])[promise]
