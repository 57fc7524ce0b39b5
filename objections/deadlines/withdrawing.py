"""Taking back what a contact proved that turned out to be none: an e-mail that never arrived.

All of it works on a case whose lock the caller holds, in the caller's transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from objections import escalation, timeline
from objections.actors import SYSTEM
from objections.deadlines import keeping
from objections.escalation import facts
from objections.models import Case, ContactRecord, Deadline
from objections.timeline import iso
from objections.vocabulary import REACHED_NOBODY, Direction, EventKind, Promise, Purpose

PROOF_WITHDRAWN = "proof_withdrawn"
SPEAKS = {Purpose.PROGRESS, Purpose.REPLY, Purpose.SOLUTION, Purpose.REFUSAL}
PROVES: dict[Promise, Q] = {
    Promise.ACKNOWLEDGEMENT: ~Q(purpose__in=REACHED_NOBODY),
    Promise.RESPONSE: Q(purpose=Purpose.SOLUTION),
    Promise.PROGRESS_UPDATE: Q(purpose__in=SPEAKS),
    Promise.CUSTOMER_MESSAGE: Q(purpose=Purpose.REPLY),
}
"""Which contacts of ours prove a promise, where another one took its proof away."""


def withdraw(deadline: Deadline, *, at: datetime, now: datetime) -> None:
    """Let a clock whose proof was none be settled by the next one on record, or run again.

    A promise that is no longer owed ends as void instead.
    """
    other = _other_proofs(deadline).first()
    if other is not None:
        keeping.settle_again(deadline, at=other.counts_at, now=now, by=SYSTEM, proof=other)
    else:
        _run_again(deadline, at=at, now=now)


def known_all_the_same(deadline: Deadline) -> bool:
    """True for a solution that the customer rejected, judged, or saw carried out."""
    if deadline.promise != Promise.RESPONSE:
        return False
    past = deadline.cycle < deadline.case.cycle
    return past or deadline.case.stage not in keeping.PROGRESS_OWED_IN


def _other_proofs(deadline: Deadline) -> QuerySet[ContactRecord]:
    """Return what else a person told the customer since the clock started, the first in front."""
    return (
        deadline.case.contact_records.filter(
            PROVES.get(Promise(deadline.promise), Q(pk=None)),
            direction=Direction.OUTBOUND, withdrawn_at=None, counts_at__gte=deadline.started_at,
        )
        .exclude(proves=deadline)
        .order_by("counts_at", "pk")
    )  # fmt: skip


def _run_again(deadline: Deadline, *, at: datetime, now: datetime) -> None:
    """Let it run on towards its own due moment; one that the false proof had started ends.

    The time for which it passed for settled lengthens no promise, but the levels above
    the supervisor wait as long after this moment as after the due moment itself.
    """
    case = deadline.case
    for newer in keeping.running(case, [Promise(deadline.promise)], subject=deadline.subject):
        keeping.end_one(newer, at=at, now=now, by=SYSTEM)
    deadline.kept_at = deadline.answered_late_at = None
    deadline.proof = None
    if deadline.promise == Promise.PROGRESS_UPDATE and not _owes_progress(deadline):
        keeping.end_one(deadline, at=at, now=now, by=SYSTEM)
        return
    if deadline.breached_at is not None:
        escalation.reopen_for(deadline, at=at, now=now)
    elif deadline.due_at is not None:
        deadline.shift = max(deadline.shift, at - deadline.due_at, timedelta(0))
        deadline.alarm_at = deadline.moment_of(deadline.rung)
    deadline.save()
    timeline.record(
        case, EventKind.DEADLINE_REVIVED, at=at, now=now, due_at=iso(deadline.due_at),
        remaining=None, cause=PROOF_WITHDRAWN, **facts(deadline),
    )  # fmt: skip


def _owes_progress(deadline: Deadline) -> bool:
    return deadline.case.stage in keeping.PROGRESS_OWED_IN


def restore_commitment(
    case: Case, number: int, *, was: datetime, agreed: datetime, at: datetime, now: datetime
) -> None:
    """Put a promise back to the moment that the customer knows of: nobody told them another.

    Where it has been settled or agreed anew since, it stays as it is.
    """
    commitment = case.commitments.get(number=number)
    old = case.deadlines.filter(
        promise=Promise.COMMITMENT, subject=number, due_at=was, ended_at__isnull=False
    ).last()
    if not commitment.is_open or commitment.due_at != agreed or old is None:
        return
    commitment.due_at = was
    commitment.times_reagreed -= 1
    commitment.save(update_fields=["due_at", "times_reagreed"])
    old.case = case
    old.ended_at, old.ended_as = None, ""
    _run_again(old, at=at, now=now)
