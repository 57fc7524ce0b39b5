"""Starting, keeping, pausing and ending the promises of one case.

All of it works on a case whose lock the caller holds, in the caller's transaction, and
takes its moments as parameters: ``at`` when it happened, ``now`` when we hear of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from objections import escalation, timeline
from objections.actors import SYSTEM, Actor
from objections.deadlines import sweeping, terms
from objections.escalation import facts
from objections.models import Case, ContactRecord, Deadline, Pause
from objections.vocabulary import EventKind, PauseReason, Promise

RECORDED_IN_TIME = timedelta(minutes=10)  # source: design of the late record


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
    if due_at is None:
        if given.length is None:
            raise terms.NoPolicy(promise)
        due_at = at + given.length
    length = due_at - at
    deadline = Deadline(
        case=case, promise=promise, cycle=_cycle(case, promise), subject=subject,
        is_historical=case.is_historical, policy_name=given.policy_name,
        policy_version=given.policy_version, unit=given.unit, allowance=length,
        ladder=given.ladder(length), pause_maximum=given.pause_maximum,
        pauses_per_cycle=given.pauses_per_cycle, started_at=at, due_at=due_at,
    )  # fmt: skip
    deadline.alarm_at = None if case.is_historical else deadline.moment_of(0)
    deadline.save(force_insert=True)
    timeline.record(
        case, EventKind.DEADLINE_STARTED, at=at, now=now, due_at=due_at.isoformat(),
        policy=given.policy_name, policy_version=given.policy_version, **facts(deadline),
    )  # fmt: skip
    return deadline


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
    meantime, which then is withdrawn; later it stays breached and is answered late.
    """
    settled = running(case, promises, subject=subject)
    for deadline in settled:
        _ring_first(deadline, now)
        _settle(deadline, at=at, now=now, by=by, proof=proof)
    return settled


def _ring_first(deadline: Deadline, now: datetime) -> None:
    if deadline.rings(now):
        sweeping.ring([deadline], now=now)


def _settle(
    deadline: Deadline, *, at: datetime, now: datetime, by: Actor, proof: ContactRecord | None
) -> None:
    if deadline.paused_at is not None:
        _run_on(deadline, max(at, deadline.paused_at))
    if deadline.due_at is None:
        raise ValueError("a deadline that is not paused has a due moment")
    in_time = at <= deadline.due_at
    if in_time and deadline.breached_at is not None:
        deadline.breached_at = None
        timeline.record(
            deadline.case, EventKind.BREACH_WITHDRAWN, at=at, now=now, by=by, **facts(deadline)
        )
    if in_time or deadline.is_historical:
        deadline.kept_at = at
    else:
        deadline.answered_late_at = at
    deadline.proof = proof
    deadline.alarm_at = None
    deadline.save()
    kind = EventKind.DEADLINE_KEPT if deadline.kept_at else EventKind.DEADLINE_ANSWERED_LATE
    timeline.record(deadline.case, kind, at=at, now=now, by=by, **facts(deadline))
    close_escalations(deadline, at=at, now=now, by=by)


def close_escalations(deadline: Deadline, *, at: datetime, now: datetime, by: Actor) -> None:
    if deadline.is_historical:
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
        deadline.ended_at = at
        deadline.ended_as = "void"
        deadline.alarm_at = None
        deadline.save()
        Pause.objects.filter(deadline=deadline, resumed_at=None).update(resumed_at=at)
        timeline.record(case, EventKind.DEADLINE_VOIDED, at=at, now=now, by=by, **facts(deadline))
        close_escalations(deadline, at=at, now=now, by=by)


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
    deadline.remaining = deadline.due_at - now
    deadline.due_at = None
    deadline.paused_at = now
    deadline.resume_at = deadline.alarm_at = resume_at
    if deadline.is_historical:
        deadline.alarm_at = None
    deadline.save()
    return pause


def resume(deadline: Deadline, *, now: datetime) -> None:
    """Let a paused clock run on from ``now``, with what remained when it stopped."""
    _run_on(deadline, now)
    deadline.alarm_at = None if deadline.is_historical else deadline.moment_of(deadline.rung)
    deadline.save()


def _run_on(deadline: Deadline, at: datetime) -> None:
    if deadline.remaining is None:
        raise ValueError("a paused deadline knows what remains")
    deadline.due_at = at + deadline.remaining
    deadline.remaining = deadline.paused_at = deadline.resume_at = None
    Pause.objects.filter(deadline=deadline, resumed_at=None).update(resumed_at=at)


def move_proof(deadline: Deadline, *, at: datetime, now: datetime, by: Actor) -> None:
    """Let the proof of a settled clock count at another moment, earlier than before.

    Where that makes it in time, the breach is withdrawn and the promise was kept.
    """
    deadline.kept_at = deadline.answered_late_at = None
    _settle(deadline, at=at, now=now, by=by, proof=deadline.proof)


def unsettle(deadline: Deadline, *, at: datetime, now: datetime) -> None:
    """Let a settled clock run again: its proof turned out to be none.

    A clock of the same promise that the false proof had started ends as void.
    """
    newer = Deadline.objects.running().filter(
        case=deadline.case, promise=deadline.promise, subject=deadline.subject
    )
    for other in newer:
        end(deadline.case, [Promise(other.promise)], at=at, now=now, by=SYSTEM,
            subject=other.subject)  # fmt: skip
    deadline.kept_at = deadline.answered_late_at = None
    deadline.proof = None
    deadline.alarm_at = None if deadline.is_historical else deadline.moment_of(deadline.rung)
    deadline.save()
    if deadline.breached_at is not None:
        escalation.reopen_for(deadline, at=at, now=now)


def close_reasons(case: Case, *, at: datetime, now: datetime, by: Actor) -> None:
    """Close what was escalated for a reason without a clock: the customer has an answer."""
    still_open = case.escalations.filter(deadline=None, closed_at=None)
    escalation.close(still_open.select_related("case"), at=at, now=now, by=by)
