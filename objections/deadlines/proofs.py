"""What the customer was told while a clock did not run, and settling it with that."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from objections import timeline
from objections.actors import Actor
from objections.deadlines import keeping, withdrawing
from objections.escalation import facts
from objections.models import Case, ContactRecord, Deadline
from objections.timeline import iso
from objections.vocabulary import Direction, EventKind, Promise, Purpose


class Proof(NamedTuple):
    """What settles a clock, and when it counts. A verdict may stand without a contact."""

    counts_at: datetime
    contact: ContactRecord | None


def given_meanwhile(deadline: Deadline) -> Proof | None:
    """Return the first proof of its promise that came after a clock had ended; mostly none."""
    case, promise = deadline.case, Promise(deadline.promise)
    if promise is Promise.FOLLOW_UP:
        return _verdict(case, deadline.cycle)
    if promise is Promise.RESPONSE:
        told = case.solutions.filter(cycle=deadline.cycle, withdrawn_at=None).order_by("number")
        first = told.select_related("told_in").first()
        return _of(first.told_in if first is not None else None)
    if promise is Promise.CUSTOMER_MESSAGE and deadline.subject is not None:
        message = case.contact_records.select_related("answered_in").filter(pk=deadline.subject)
        found = message.first()
        return _of(found.answered_in if found is not None else None)
    if promise is Promise.PROGRESS_UPDATE:
        return _of(_first_update(deadline))
    return None


def _of(contact: ContactRecord | None) -> Proof | None:
    return Proof(contact.counts_at, contact) if contact is not None else None


def _first_update(deadline: Deadline) -> ContactRecord | None:
    told = deadline.case.contact_records.filter(
        direction=Direction.OUTBOUND, purpose__in=withdrawing.SPEAKS, withdrawn_at=None,
        recorded_at__gte=deadline.ended_at, counts_at__gte=deadline.started_at,
    )  # fmt: skip
    unused = told.exclude(proves__promise=Promise.PROGRESS_UPDATE)
    return unused.order_by("counts_at", "pk").first()


def _verdict(case: Case, cycle: int) -> Proof | None:
    """Return the first verdict on a round: content, or not satisfied, which begins the next."""
    judged = Q(kind=EventKind.VERDICT_GIVEN, data__cycle=cycle)
    judged |= Q(kind=EventKind.NOT_SATISFIED, data__cycle=cycle + 1)
    said = case.events.filter(judged).order_by("pk").first()
    if said is None:
        return None
    contact = case.contact_records.filter(
        purpose=Purpose.VERDICT, occurred_at=said.occurred_at, recorded_at=said.recorded_at
    ).first()
    return Proof(keeping.counts_at(at=said.occurred_at, now=said.recorded_at), contact)


def settle(deadline: Deadline, proof: Proof, *, now: datetime, by: Actor) -> None:
    """Settle a running clock of a locked case with a proof from before ``now``, in time or late.

    One that stood still until before the proof has run on from then.
    """
    until = deadline.resume_at
    if until is not None and until <= proof.counts_at:
        keeping.resume(deadline, now=until)
        timeline.record(
            deadline.case, EventKind.DEADLINE_RESUMED, at=until, now=now,
            due_at=iso(deadline.due_at), **facts(deadline),
        )  # fmt: skip
    keeping.settle_again(deadline, at=proof.counts_at, now=now, by=by, proof=proof.contact)
