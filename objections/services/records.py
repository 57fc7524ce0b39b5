"""What happens to a record afterwards: confirmed though late, withdrawn, or read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.presence import Presence
from objections import audience, notices, permissions, timeline
from objections.actors import SYSTEM, Actor
from objections.deadlines import keeping, sweeping, withdrawing
from objections.errors import NotPermitted
from objections.locking import lock
from objections.models import Case, CaseAccess, ContactRecord, CustomerText, Solution
from objections.vocabulary import EventKind, NoticeKind, Promise, Purpose


@transaction.atomic
def confirm_late_record(record: ContactRecord, *, by: Actor, now: datetime) -> ContactRecord:
    """Let a contact that was recorded late count at the time when it took place.

    For supervisors, and never for one's own record. Where that makes a proof in time,
    the breach is withdrawn; the rungs that rang stay on record. Twice changes nothing.
    """
    case = lock(record.case)
    sweeping.ring_case(case, now=now)
    found = case.contact_records.get(pk=record.pk)
    user = by.user
    if user is None or not permissions.may(user, permissions.CONFIRM_LATE_RECORD, case):
        raise NotPermitted(permissions.CONFIRM_LATE_RECORD)
    if found.by_user_id == user.pk:
        raise NotPermitted(permissions.CONFIRM_LATE_RECORD)
    if found.counts_at == found.occurred_at:
        return found
    found.counts_at = found.occurred_at
    found.late_confirmed_at, found.late_confirmed_by = now, user
    found.save()
    timeline.record(
        case, EventKind.LATE_RECORD_CONFIRMED, at=now, now=now, by=by, contact=found.pk,
        took_place_at=timeline.iso(found.occurred_at), purpose=found.purpose,
    )  # fmt: skip
    for deadline in found.proves.select_for_update(no_key=True).filter(ended_at=None):
        deadline.case = case
        keeping.settle_again(deadline, at=found.counts_at, now=now, by=by, proof=deadline.proof)
    _changed(case, now)
    return found


@transaction.atomic
def withdraw_proof(record: ContactRecord, *, failure: str, now: datetime) -> ContactRecord:
    """Take back what a message proved that never arrived, and alert the handler.

    What it had settled is settled by the next contact on record, or runs again, with a
    breach where its due moment has passed; the questions that it answered are open again,
    and a promise that it moved is due as before. On a case that has ended only the
    failure is recorded; where that was by a merge, its undoing takes the proof back.
    Twice changes nothing.
    """
    case = lock(record.case)
    sweeping.ring_case(case, now=now)
    found = case.contact_records.select_related("mail").get(pk=record.pk)
    if found.withdrawn_at is not None:
        return found
    found.withdrawn_at = now
    found.save(update_fields=["withdrawn_at"])
    timeline.record(
        case, EventKind.MAIL_FAILED, at=now, now=now, contact=found.pk, purpose=found.purpose,
        failure=failure, by_text=CustomerText.objects.filter(pk=found.pk).exists(),
    )  # fmt: skip
    heard = audience.handlers(case, Presence(now))
    notices.tell(audience.people(heard), NoticeKind.MAIL_FAILED, case, at=now, now=now)
    if case.is_open:
        take_back(case, found, now=now)
        sweeping.ring_case(case, now=now)
    _changed(case, now)
    return found


def take_back(case: Case, record: ContactRecord, *, now: datetime) -> None:
    """Take back what a withdrawn contact proved on a locked case that is open.

    The caller rings what falls due by it. Twice changes nothing.
    """
    told = Solution.objects.filter(told_in=record, carried_out_at=None, withdrawn_at=None)
    told.update(withdrawn_at=now)
    _unsettle(case, record, now)
    _unanswer(case, record)
    _unmove(case, record, now)


def _unsettle(case: Case, record: ContactRecord, now: datetime) -> None:
    settled = record.proves.select_for_update(no_key=True).filter(ended_at=None).order_by("pk")
    proved = []
    for deadline in settled:
        deadline.case = case
        if not withdrawing.known_all_the_same(deadline):
            proved.append(deadline)
    if proved:
        timeline.record(
            case, EventKind.PROOF_WITHDRAWN, at=now, now=now, by=SYSTEM, contact=record.pk,
            purpose=record.purpose, promises=[deadline.promise for deadline in proved],
        )  # fmt: skip
    for deadline in proved:
        withdrawing.withdraw(deadline, at=now, now=now)


def _unanswer(case: Case, record: ContactRecord) -> None:
    """Open again what only this contact answered: questions, and the customer's messages."""
    case.questions.filter(answered_in=record).update(answer="", answered_at=None, answered_in=None)
    for message in case.contact_records.filter(answered_in=record):
        settled = case.deadlines.filter(subject=message.pk, promise=Promise.CUSTOMER_MESSAGE)
        proof = next((row.proof for row in settled if row.proof is not None), None)
        message.answered_in = proof
        message.answered_at = proof.occurred_at if proof else None
        message.save(update_fields=["answered_in", "answered_at"])


def _unmove(case: Case, record: ContactRecord, now: datetime) -> None:
    if record.purpose != Purpose.REAGREEMENT:
        return
    moved = case.events.filter(kind=EventKind.COMMITMENT_REAGREED, data__contact=record.pk)
    for event in moved:
        withdrawing.restore_commitment(
            case, event.data["number"], was=datetime.fromisoformat(event.data["was"]),
            agreed=datetime.fromisoformat(event.data["due_at"]), at=now, now=now,
        )  # fmt: skip


def _changed(case: Case, now: datetime) -> None:
    case.version += 1
    case.updated_at = now
    case.save(update_fields=["version", "updated_at"])


def read_restricted(case: Case, user: User, *, now: datetime) -> None:
    """Leave the trace that reading a restricted case leaves; a normal one leaves none."""
    if case.is_restricted:
        CaseAccess.objects.create(case=case, user=user, read_at=now)
