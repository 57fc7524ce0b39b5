"""Starting, keeping, pausing and ending the promises of one case.

All of it works on a case whose lock the caller holds, in the caller's transaction, and
takes its moments as parameters: ``at`` when it happened, ``now`` when we hear of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from objections import escalation, timeline
from objections.actors import Actor
from objections.deadlines import reckoning, terms
from objections.deadlines.reckoning import Reckoned
from objections.escalation import facts
from objections.models import Case, ContactRecord, Deadline, Pause
from objections.timeline import iso
from objections.vocabulary import EventKind, PauseReason, Promise, Stage, Unit

RECORDED_IN_TIME = timedelta(minutes=10)  # source: design of the late record
PROGRESS_OWED_IN = frozenset({Stage.CONFIRM, Stage.RESPOND})  # until it has been carried out


def counts_at(*, at: datetime, now: datetime) -> datetime:
    """Return the moment at which a proof counts.

    Recorded within ten minutes of it, it counts when it happened; later than that it
    counts when it was recorded, unless a supervisor confirms it.
    """
    return at if now - at <= RECORDED_IN_TIME else now


def start(
    case: Case,
    promises: Iterable[Promise],
    *,
    at: datetime,
    now: datetime,
    subject: int | None = None,
    due_at: datetime | None = None,
) -> list[Deadline]:
    """Start a clock for each promise, under the policy in force, which it copies.

    ``due_at`` is given by promises that bring their own due time. A clock of a
    historical case is kept for the record and never rings.
    """
    wanted = list(promises)
    found = terms.find(case, wanted) if wanted else {}
    return [
        _start_one(case, promise, found[promise], at=at, now=now, subject=subject, due_at=due_at)
        for promise in wanted
    ]


def _start_one(
    case: Case,
    promise: Promise,
    given: terms.Terms,
    *,
    at: datetime,
    now: datetime,
    subject: int | None,
    due_at: datetime | None,
) -> Deadline:
    if due_at is not None:
        given = given.with_own_due()
    due = given.due(at) if due_at is None else Reckoned(due_at, due_at)
    deadline = Deadline(
        case=case, promise=promise, cycle=_cycle(case, promise), subject=subject,
        is_historical=case.is_historical, started_at=at, has_own_due=due_at is not None,
    )  # fmt: skip
    put(deadline, given, due)
    deadline.ladder = given.ladder(at, due)
    deadline.alarm_at = None if case.is_historical else deadline.moment_of(0)
    deadline.save(force_insert=True)
    timeline.record(
        case, EventKind.DEADLINE_STARTED, at=at, now=now, due_at=iso(due.at),
        policy=given.policy_name, policy_version=given.policy_version,
        historical=deadline.is_historical, own_due=deadline.has_own_due, **facts(deadline),
        **said(deadline),
    )  # fmt: skip
    return deadline


def put(deadline: Deadline, given: terms.Terms, due: Reckoned) -> None:
    """Copy the terms of its promise into a clock that is due at ``due``. Saves nothing."""
    deadline.policy_name, deadline.policy_version = given.policy_name, given.policy_version
    deadline.unit, deadline.calendar = given.unit, given.edition
    deadline.is_provisional = due.provisional
    deadline.due_at, deadline.moved = due.at, due.moved
    if given.unit == Unit.ELAPSED or given.length is None:
        deadline.allowance = due.at - deadline.started_at
    else:
        deadline.allowance = given.length
    deadline.pause_maximum = given.pause_maximum
    deadline.pauses_per_cycle = given.pauses_per_cycle
    deadline.pause_reasons = list(given.pause_reasons)
    deadline.remind_every = given.remind_every
    deadline.remind_at_most = given.remind_at_most


def said(deadline: Deadline) -> dict[str, Any]:
    """Return what the timeline says of a clock's terms: all that it takes to rebuild it.

    Lengths are seconds; the calendar is the edition's primary key.
    """
    return {
        "unit": deadline.unit,
        "edition": deadline.calendar_id,
        "provisional": deadline.is_provisional,
        "allowance": deadline.allowance.total_seconds(),
        "moved": deadline.moved.total_seconds(),
        "ladder": deadline.ladder,
        "pause_maximum": seconds(deadline.pause_maximum),
        "pauses_per_cycle": deadline.pauses_per_cycle,
        "pause_reasons": deadline.pause_reasons,
        "remind_every": seconds(deadline.remind_every),
        "remind_at_most": deadline.remind_at_most,
    }


def seconds(length: timedelta | None) -> float | None:
    return length.total_seconds() if length is not None else None


def _cycle(case: Case, promise: Promise) -> int:
    """Progress updates are counted one by one, everything else by the case's rounds."""
    if promise is not Promise.PROGRESS_UPDATE:
        return case.cycle
    return case.deadlines.filter(promise=promise).count() + 1


def running(
    case: Case, promises: Iterable[Promise] | None = None, *, subject: int | None = None
) -> list[Deadline]:
    """Return the case's clocks that still wait for proof, locked, in the order they started."""
    rows = Deadline.objects.running().filter(case=case)
    if promises is not None:
        rows = rows.filter(promise__in=list(promises))
    if subject is not None:
        rows = rows.filter(subject=subject)
    locked = list(rows.select_for_update(no_key=True).order_by("pk"))
    for deadline in locked:
        deadline.case = case
    return locked


def keep(
    case: Case,
    promises: Iterable[Promise],
    *,
    at: datetime,
    now: datetime,
    by: Actor,
    proof: ContactRecord | None = None,
    subject: int | None = None,
) -> list[Deadline]:
    """Settle the running clocks of these promises with a proof that counts at ``at``.

    At the due moment itself or before it is kept, even if the breach has rung in the
    meantime, which then is withdrawn; later it stays breached and is answered late. A
    contact from before a clock started settles it at its start. What is due by ``now``
    has been rung by the caller.
    """
    settled = running(case, promises, subject=subject)
    for deadline in settled:
        _settle(deadline, at=at, now=now, by=by, proof=proof)
    return settled


def _settle(
    deadline: Deadline, *, at: datetime, now: datetime, by: Actor, proof: ContactRecord | None
) -> None:
    at = max(at, deadline.started_at)
    if deadline.paused_at is not None:
        run_on(deadline, max(at, deadline.paused_at))
    if deadline.due_at is None:
        raise ValueError("a deadline that is not paused has a due moment")
    in_time = at <= deadline.due_at or _before_the_change(deadline, at)
    if in_time:
        withdraw_breach(deadline, at=at, now=now, by=by)
    elif deadline.breached_at is None and not deadline.is_historical:
        _breach_unrung(deadline, deadline.due_at, now=now)
    if in_time or deadline.is_historical:
        deadline.kept_at = at
    else:
        deadline.answered_late_at = at
    deadline.proof = proof
    deadline.alarm_at = None
    deadline.save()
    kind = EventKind.DEADLINE_KEPT if deadline.kept_at else EventKind.DEADLINE_ANSWERED_LATE
    timeline.record(
        deadline.case, kind, at=at, now=now, by=by, proof=deadline.proof_id, **facts(deadline)
    )
    close_escalations(deadline, at=at, now=now, by=by)


def _before_the_change(deadline: Deadline, at: datetime) -> bool:
    """True for a proof from before the change that made its clock overdue.

    Only such a breach lies after its due moment: what was promised then still held.
    """
    breached_at, due_at = deadline.breached_at, deadline.due_at
    by_change = breached_at is not None and due_at is not None and breached_at > due_at
    return by_change and breached_at is not None and at <= breached_at


def withdraw_breach(deadline: Deadline, *, at: datetime, now: datetime, by: Actor) -> None:
    """Take back a breach that turned out to be none. The rungs stay on record."""
    if deadline.breached_at is not None:
        deadline.breached_at = None
        timeline.record(
            deadline.case, EventKind.BREACH_WITHDRAWN, at=at, now=now, by=by, **facts(deadline)
        )


def _breach_unrung(deadline: Deadline, due_at: datetime, *, now: datetime) -> None:
    """Record a breach that its alarm could not ring, so that late stays late."""
    deadline.breached_at = due_at
    timeline.record(
        deadline.case, EventKind.DEADLINE_BREACHED, at=due_at, now=now, **facts(deadline)
    )


def close_escalations(deadline: Deadline, *, at: datetime, now: datetime, by: Actor) -> None:
    if deadline.rung == 0:  # nothing has rung, so nothing has climbed; a historical one never does
        return
    still_open = deadline.case.escalations.filter(deadline=deadline, closed_at=None)
    escalation.close(still_open.select_related("deadline", "case"), at=at, now=now, by=by)


def end(
    case: Case,
    promises: Iterable[Promise] | None = None,
    *,
    at: datetime,
    now: datetime,
    by: Actor,
    subject: int | None = None,
) -> None:
    """End running clocks as void: nothing is owed any more, and they never alert again.

    One that was breached before stays breached.
    """
    for deadline in running(case, promises, subject=subject):
        end_one(deadline, at=at, now=now, by=by)


def end_one(
    deadline: Deadline, *, at: datetime, now: datetime, by: Actor, merged: bool = False
) -> None:
    """End one running clock as void, or as merged with its case."""
    at = max(at, deadline.started_at)
    deadline.ended_at = at
    deadline.ended_as = "merged" if merged else "void"
    deadline.alarm_at = None
    deadline.save()
    Pause.objects.filter(deadline=deadline, resumed_at=None).update(resumed_at=at)
    kind = EventKind.DEADLINE_MERGED if merged else EventKind.DEADLINE_VOIDED
    timeline.record(deadline.case, kind, at=at, now=now, by=by, **facts(deadline))
    close_escalations(deadline, at=at, now=now, by=by)


def supersede(
    case: Case,
    promise: Promise,
    subject: int,
    *,
    due_at: datetime,
    at: datetime,
    now: datetime,
    by: Actor,
) -> None:
    """End the clock of a subject and start it anew with another due moment.

    The customer was told at ``at``, before the old one fell due: a breach that rang
    because it was written down a little later is withdrawn.
    """
    for deadline in running(case, [promise], subject=subject):
        if deadline.due_at is not None and at <= deadline.due_at:
            withdraw_breach(deadline, at=at, now=now, by=by)
        end_one(deadline, at=at, now=now, by=by)
    start(case, [promise], at=at, now=now, subject=subject, due_at=due_at)


def pause(
    deadline: Deadline,
    *,
    reason: PauseReason,
    evidence: str,
    resume_at: datetime,
    now: datetime,
    by: Actor,
) -> Pause:
    """Stop a running clock at ``now``. What remains is kept to the microsecond.

    It resumes by itself at ``resume_at``. Whether it may be paused at all is for
    ``demands`` to say.
    """
    if deadline.due_at is None:
        raise ValueError("a paused deadline cannot be paused again")
    pause = Pause.objects.create(
        deadline=deadline, reason=reason, evidence=evidence, paused_at=now, resume_at=resume_at,
        by_user=by.user,
    )  # fmt: skip
    deadline.remaining = reckoning.left(deadline, now)
    deadline.due_at = None
    deadline.paused_at = now
    deadline.resume_at = deadline.alarm_at = resume_at
    if deadline.is_historical:
        deadline.alarm_at = None
    deadline.save()
    return pause


def resume(deadline: Deadline, *, now: datetime) -> None:
    """Let a paused clock run on from ``now``, with what remained when it stopped."""
    run_on(deadline, now)
    deadline.alarm_at = None if deadline.is_historical else deadline.moment_of(deadline.rung)
    deadline.save()


def run_on(deadline: Deadline, at: datetime) -> None:
    """Let a paused clock run on from ``at``, and end its pause there. Saves only the pause."""
    reckoning.run_on(deadline, at)
    Pause.objects.filter(deadline=deadline, resumed_at=None).update(resumed_at=at)


def settle_again(
    deadline: Deadline, *, at: datetime, now: datetime, by: Actor, proof: ContactRecord | None
) -> None:
    """Settle a settled clock anew: its proof counts at another moment, or is another one.

    Where that makes it in time, a breach is withdrawn and the promise was kept.
    """
    deadline.kept_at = deadline.answered_late_at = None
    _settle(deadline, at=at, now=now, by=by, proof=proof)


def close_reasons(case: Case, *, at: datetime, now: datetime, by: Actor) -> None:
    """Close what was escalated for a reason without a clock: the customer has an answer."""
    still_open = case.escalations.filter(deadline=None, closed_at=None)
    escalation.close(still_open.select_related("case"), at=at, now=now, by=by)
