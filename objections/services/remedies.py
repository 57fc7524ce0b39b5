"""Remedies: what we give to make good, and who must agree to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.presence import Presence
from objections import audience, notices, permissions, timeline
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.errors import FieldInvalid, NotPermitted, StepRefused
from objections.lifecycle import allowed
from objections.models import Case, Remedy, RemedyLimit
from objections.services.stepping import lock
from objections.vocabulary import Action, EventKind, NoticeKind, RemedyKind, Stage


@transaction.atomic
def propose(
    case: Case, *, kind: RemedyKind, description: str, cost: Decimal, by: Actor, now: datetime
) -> Remedy:
    """Propose a remedy. Above the proposer's limit somebody else must approve it.

    ``cost`` is in the house's currency. A role without a limit may promise nothing.
    """
    if cost < 0:
        raise FieldInvalid("cost", "negative")
    if not description.strip():
        raise FieldInvalid("description", "empty")
    locked = lock(case)
    sweeping.ring_case(locked, now=now)
    if not locked.is_open:
        raise StepRefused(locked, Action.COMMUNICATE_SOLUTION, allowed(Stage(locked.stage)))
    if by.user is None or not permissions.may(by.user, Action.COMMUNICATE_SOLUTION, locked):
        raise NotPermitted(Action.COMMUNICATE_SOLUTION)
    remedy = Remedy.objects.create(
        case=locked, kind=kind, description=description.strip(), cost=cost,
        needs_approval=cost > limit(by), proposed_at=now, proposed_by=by.user,
    )  # fmt: skip
    _record(locked, remedy, EventKind.REMEDY_PROPOSED, by=by, now=now)
    if remedy.needs_approval:
        people = _approvers(locked, by, Presence(now))
        notices.tell(people, NoticeKind.APPROVAL_ASKED, locked, at=now, now=now)
    return remedy


def _approvers(case: Case, by: Actor, presence: Presence) -> list[User]:
    """Return who is asked: the supervisor, or where they are the one who asks, the manager."""
    heard = audience.people(audience.above(case, audience.SUPERVISOR, presence))
    others = [person for person in heard if person != by.user]
    return others or audience.people(audience.above(case, audience.MANAGER, presence))


def limit(by: Actor) -> Decimal:
    """Return how much this actor may promise without asking."""
    role = by.user.role if by.user else ""
    amount = RemedyLimit.objects.filter(role=role).values_list("amount", flat=True).first()
    return amount if amount is not None else Decimal(0)


@transaction.atomic
def approve(remedy: Remedy, *, by: Actor, now: datetime) -> Remedy:
    """Approve a remedy that waits for it. Never by the one who proposed it, nor above
    one's own limit."""
    return _decide(remedy, by=by, now=now, approved=True)


@transaction.atomic
def refuse(remedy: Remedy, *, by: Actor, now: datetime) -> Remedy:
    """Refuse a remedy that waits for approval."""
    return _decide(remedy, by=by, now=now, approved=False)


def _decide(remedy: Remedy, *, by: Actor, now: datetime, approved: bool) -> Remedy:
    case = lock(remedy.case)
    sweeping.ring_case(case, now=now)
    found = case.remedies.get(pk=remedy.pk)
    user = by.user
    if user is None or not permissions.may(user, permissions.APPROVE_REMEDY, case):
        raise NotPermitted(permissions.APPROVE_REMEDY)
    if found.proposed_by_id == user.pk or (approved and found.cost > limit(by)):
        raise NotPermitted(permissions.APPROVE_REMEDY)
    if not found.is_open:
        return found
    found.decided_by = user
    if approved:
        found.approved_at = now
    else:
        found.refused_at = now
    found.save()
    kind = EventKind.REMEDY_APPROVED if approved else EventKind.REMEDY_REFUSED
    _record(case, found, kind, by=by, now=now)
    return found


def _record(case: Case, remedy: Remedy, kind: EventKind, *, by: Actor, now: datetime) -> None:
    timeline.record(
        case, kind, at=now, now=now, by=by, remedy=remedy.kind, words=remedy.description,
        cost=str(remedy.cost), needs_approval=remedy.needs_approval,
    )  # fmt: skip
    case.version += 1
    case.updated_at = now
    case.save(update_fields=["version", "updated_at"])
