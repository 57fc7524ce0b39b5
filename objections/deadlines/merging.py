"""Clocks of a case that is merged into another one, and of the one that stays.

All of it works on cases whose locks the caller holds, in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from objections import escalation, timeline
from objections.actors import SYSTEM, Actor
from objections.deadlines import keeping, reckoning, recomputing, sweeping, terms
from objections.escalation import facts
from objections.models import Case, Deadline, Pause, Policy, Recomputation
from objections.timeline import iso
from objections.vocabulary import EscalationReason, EventKind, Promise, RecomputeCause
from timekeeping import editions

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
    """Let one clock that has ended run again; see ``revive``.

    Start, due moment, pauses and rungs are as they were. One whose pause ran out meanwhile
    resumed at its own time, and the levels above wait for it, too.
    """
    deadline.ended_at, deadline.ended_as = None, ""
    if deadline.paused_at is not None:
        Pause.objects.filter(deadline=deadline, paused_at=deadline.paused_at).update(
            resumed_at=None
        )
        deadline.shift = _waited(deadline, now)
        deadline.alarm_at = deadline.resume_at
    elif deadline.breached_at is not None:
        escalation.reopen_for(deadline, at=now, now=now)
    elif deadline.due_at is not None:
        deadline.shift = _waited(deadline, now)
        deadline.alarm_at = deadline.moment_of(deadline.rung)
    if deadline.is_historical:
        deadline.alarm_at = None
    deadline.save()
    timeline.record(
        deadline.case, EventKind.DEADLINE_REVIVED, at=now, now=now, by=by,
        due_at=iso(deadline.due_at), remaining=keeping.seconds(deadline.remaining),
        **facts(deadline),
    )  # fmt: skip


def _waited(deadline: Deadline, now: datetime) -> timedelta:
    """Return how far its levels move: as far as it fell due before anybody could know."""
    due_at = deadline.due_at
    if due_at is None:
        due_at = reckoning.if_run_on(deadline, deadline.resume_at or now)
    return max(deadline.shift, now - due_at, timedelta(0))


def catch_up(case: Case, *, since: datetime, now: datetime) -> None:
    """Let revived clocks follow what became of their terms since then, and ring what is due.

    That is a policy published for running clocks, another tier, a year that its calendar
    knows by now. One that had fallen due before it was asked for is broken all the same,
    and one whose pause ran out resumes first.
    """
    if not case.is_historical:
        _follow_calendars(case, now)
    asked = (
        Recomputation.objects.filter(
            Q(policy__in_force=True) | Q(customer__isnull=False, customer=case.customer_id),
            asked_at__gte=since,
        )
        .order_by("pk")
        .last()
    )
    if asked is not None and not case.is_historical:
        _follow_terms(case, asked, now, only_due_since=True)
    sweeping.ring_case(case, now=now)
    if asked is not None and not case.is_historical:
        _follow_terms(case, asked, now)


def _follow_calendars(case: Case, now: datetime) -> None:
    waiting = case.deadlines.filter(is_provisional=True, kept_at=None, ended_at=None)
    rows = waiting.select_related("calendar__calendar").select_for_update(no_key=True, of=("self",))
    for row in rows.order_by("pk"):
        newest = editions.newest(row.calendar.calendar) if row.calendar is not None else None
        if newest is not None and newest.pk != row.calendar_id:
            row.case = case
            recomputing.follow_calendar(row, newest, now=now)


def _follow_terms(
    case: Case, asked: Recomputation, now: datetime, *, only_due_since: bool = False
) -> None:
    """Compute running clocks anew; ``only_due_since`` those that ran on when it was asked for."""
    rows = [row for row in keeping.running(case) if not row.has_own_due]
    if only_due_since:
        rows = [
            row
            for row in rows
            if (row.due_at is not None and row.due_at >= asked.asked_at)
            or (row.resume_at is not None and row.resume_at > now)
        ]
    cause = RecomputeCause.POLICY if asked.policy_id else RecomputeCause.TIER
    given = terms.find(case, {Promise(row.promise) for row in rows}) if rows else {}
    recomputing.apply(rows, given, cause, now=now, by=SYSTEM, with_alerts=asked.with_alerts)


def own_starts(case: Case, *, without: Case | None = None) -> dict[int, datetime]:
    """Return since when each clock runs that met one of a merged case, by its key.

    That is its own start, which the first merge that met it wrote down, or an earlier
    one that a case brought which is still part of it. ``without`` is one that leaves it.
    """
    taken_in = list(case.events.filter(kind=EventKind.ABSORBED).order_by("pk"))
    parts = case.absorbed.exclude(pk=without.pk) if without is not None else case.absorbed.all()
    still = set(parts.values_list("reference", flat=True))
    newest = {event.data["reference"]: event for event in taken_in}
    found: dict[int, datetime] = {}
    for event in taken_in:
        for one in event.data["clocks"]:
            found.setdefault(one["deadline"], datetime.fromisoformat(one["was"]))
    for reference in still & newest.keys():
        for one in newest[reference].data["clocks"]:
            key = one["deadline"]
            found[key] = min(found[key], datetime.fromisoformat(one["brought"]))
    return found


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
