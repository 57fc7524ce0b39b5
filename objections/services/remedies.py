"""Remedies: what we give to make good, and who must agree to it.

Up to their role's limit (RemedyLimit) people give what they find right. Above it somebody
else with the right to approve says yes, whose own limit reaches the cost. Above the amount
of ApprovalRule two different people must say yes, whoever proposed it: both with the right
to approve, and at least one of them with a limit that reaches the cost. Never the one who
proposed it. One refusal ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.presence import Presence
from objections import audience, notices, permissions, timeline
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.errors import AboveLimit, FieldInvalid, NotPermitted
from objections.models import ApprovalRule, Case, Remedy, RemedyLimit
from objections.services import inside
from objections.services.stepping import lock
from objections.vocabulary import Action, EventKind, NoticeKind, RemedyKind

NEVER, ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
LEVELS = (audience.SUPERVISOR, audience.MANAGER, audience.DUTY_OFFICER)


@transaction.atomic
def propose(
    case: Case, *, kind: RemedyKind, description: str, cost: Decimal, by: Actor, now: datetime
) -> Remedy:
    """Propose a remedy. Above the proposer's limit it waits for approval, see above.

    ``cost`` is in the house's currency. A role without a limit may promise nothing. How
    many must approve is settled here: a rule changed later changes nothing.
    """
    if cost < 0:
        raise FieldInvalid("cost", "negative")
    if not description.strip():
        raise FieldInvalid("description", "empty")
    locked, user = inside.begin(case, Action.COMMUNICATE_SOLUTION, by=by, now=now)
    needs_two = cost > two_people_above()
    remedy = Remedy.objects.create(
        case=locked, kind=kind, description=description.strip(), cost=cost,
        needs_approval=needs_two or cost > limit(user), proposed_at=now, proposed_by=user,
        approvals_needed=2 if needs_two else 1,
    )  # fmt: skip
    _record(locked, remedy, EventKind.REMEDY_PROPOSED, by=by, now=now)
    if remedy.needs_approval:
        _ask_next(locked, remedy, [], now=now)
    return remedy


def limit(user: User) -> Decimal:
    """Return how much this person may promise without asking."""
    amount = RemedyLimit.objects.filter(role=user.role).values_list("amount", flat=True).first()
    return amount if amount is not None else Decimal(0)


def two_people_above() -> Decimal:
    """Return the cost above which two people must approve; without a rule that is any."""
    amount = ApprovalRule.objects.values_list("two_people_above", flat=True).first()
    return amount if amount is not None else Decimal(0)


def suffices(remedy: Remedy, approvers: Iterable[User], limits: dict[str, Decimal]) -> bool:
    """Tell whether the limit of one of these people reaches the cost."""
    return any(limits.get(one.role, Decimal(0)) >= remedy.cost for one in approvers)


def may_approve(
    remedy: Remedy, user: User, approvers: list[User], limits: dict[str, Decimal]
) -> bool:
    """Tell whether the yes of this person, who has the right to approve, counts now.

    The last yes needs a limit that reaches the cost among all who said it.
    """
    if not remedy.is_open or user.pk == remedy.proposed_by_id or user in approvers:
        return False
    is_last = len(approvers) + 1 >= remedy.approvals_needed
    return not is_last or suffices(remedy, [*approvers, user], limits)


def decides_up_to(user: User, case: Case) -> datetime:
    """Return up to when a remedy was proposed that this person, who may approve, decides on.

    Who stands above the case decides on all. Who was asked in somebody's place decides on
    what they were asked for, and not for good on whatever is proposed later.
    """
    if permissions.stands_above(user, case):
        return ALWAYS
    asked = user.notices.filter(case=case, kind=NoticeKind.APPROVAL_ASKED)
    return asked.aggregate(last=Max("occurred_at"))["last"] or NEVER


def limits_by_role() -> dict[str, Decimal]:
    return dict(RemedyLimit.objects.values_list("role", "amount"))


@transaction.atomic
def approve(remedy: Remedy, *, by: Actor, now: datetime) -> Remedy:
    """Say yes to a remedy that waits. Where two must, the next one is asked.

    Refuses with NotPermitted whoever has no right to approve or proposed it themselves,
    and with AboveLimit the last yes where nobody's limit reaches the cost. A second yes of
    the same person, and one to what is decided, change nothing.
    """
    case, user, found = _open(remedy, by=by, now=now)
    approvers = [one.user for one in found.approvals.select_related("user")]
    if not found.is_open or user in approvers:
        return found
    if not may_approve(found, user, approvers, limits_by_role()):
        raise AboveLimit(permissions.APPROVE_REMEDY)
    found.approvals.create(user=user, approved_at=now)
    approvers.append(user)
    if len(approvers) >= found.approvals_needed:
        found.approved_at, found.decided_by = now, user
        found.save(update_fields=["approved_at", "decided_by"])
    else:
        _ask_next(case, found, approvers, now=now)
    _record(case, found, EventKind.REMEDY_APPROVED, by=by, now=now, approvals=len(approvers))
    return found


@transaction.atomic
def refuse(remedy: Remedy, *, by: Actor, now: datetime) -> Remedy:
    """Refuse a remedy that waits; also one that another has approved as the first of two.

    For who has the right to approve, whatever their limit; never for who proposed it.
    """
    case, user, found = _open(remedy, by=by, now=now)
    if not found.is_open:
        return found
    found.refused_at, found.decided_by = now, user
    found.save(update_fields=["refused_at", "decided_by"])
    _record(case, found, EventKind.REMEDY_REFUSED, by=by, now=now)
    return found


def _open(remedy: Remedy, *, by: Actor, now: datetime) -> tuple[Case, User, Remedy]:
    """Return the locked case, who decides, and the remedy as it is now."""
    case = lock(remedy.case)
    sweeping.ring_case(case, now=now)
    found = case.remedies.get(pk=remedy.pk)
    user = by.user
    if user is None or not permissions.may(user, permissions.APPROVE_REMEDY, case):
        raise NotPermitted(permissions.APPROVE_REMEDY)
    if found.proposed_by_id == user.pk or found.proposed_at > decides_up_to(user, case):
        raise NotPermitted(permissions.APPROVE_REMEDY)
    return case, user, found


def _ask_next(case: Case, remedy: Remedy, approvers: list[User], *, now: datetime) -> None:
    """Tell the lowest level whose yes counts; where nobody's would, the lowest there is."""
    limits = limits_by_role()
    others = [
        person
        for person in _above(case, Presence(now))
        if person.pk != remedy.proposed_by_id and person not in approvers
    ]
    able = [one for one in others if may_approve(remedy, one, approvers, limits)]
    notices.tell((able or others)[:1], NoticeKind.APPROVAL_ASKED, case, at=now, now=now)


def _above(case: Case, presence: Presence) -> list[User]:
    """Return who stands above the case, or in for them: from the supervisor upwards."""
    heard = [one for level in LEVELS for one in audience.above(case, level, presence)]
    return audience.people(heard)


def _record(
    case: Case, remedy: Remedy, kind: EventKind, *, by: Actor, now: datetime, approvals: int = 0
) -> None:
    timeline.record(
        case, kind, at=now, now=now, by=by, remedy=remedy.kind, words=remedy.description,
        cost=str(remedy.cost), needs_approval=remedy.needs_approval,
        approvals_needed=remedy.approvals_needed, approvals=approvals,
    )  # fmt: skip
    inside.changed(case, now=now)
