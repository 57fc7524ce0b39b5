"""Taking an escalation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from objections import permissions, timeline
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.errors import AlreadyTaken, FieldInvalid, NotPermitted
from objections.escalation import facts
from objections.models import Escalation
from objections.services.stepping import lock
from objections.services.work import iso
from objections.vocabulary import EventKind


@transaction.atomic
def take(
    escalation: Escalation, *, by: Actor, next_step: str, until: datetime, now: datetime
) -> Escalation:
    """Take an escalation, with a next step and the time by which it will be done.

    Taking stops the climb and un-breaches nothing. A second take is refused with the
    name of the first (AlreadyTaken). When ``until`` passes and the promise is still
    open, it reopens one level higher.
    """
    case = lock(escalation.case)
    sweeping.ring_case(case, now=now)
    found = case.escalations.select_related("deadline", "taken_by").get(pk=escalation.pk)
    if by.user is None or not permissions.may(by.user, permissions.TAKE_ESCALATION, case):
        raise NotPermitted(permissions.TAKE_ESCALATION)
    if found.closed_at is not None:
        raise AlreadyTaken(None)
    if found.taken_by is not None:
        raise AlreadyTaken(found.taken_by)
    if not next_step.strip():
        raise FieldInvalid("next_step", "empty")
    if until <= now:
        raise FieldInvalid("until", "past")
    found.taken_at, found.taken_by = now, by.user
    found.next_step, found.lapses_at = next_step.strip()[:300], until
    found.alarm_at = until
    found.save()
    data: dict[str, Any] = {"reason": found.reason, "level": found.level}
    if found.deadline is not None:
        found.deadline.alarm_at = None
        found.deadline.save(update_fields=["alarm_at"])
        data |= facts(found.deadline)
    timeline.record(
        case, EventKind.ESCALATION_TAKEN, at=now, now=now, by=by, words=found.next_step,
        until=iso(until), **data,
    )  # fmt: skip
    case.updated_at = max(now, case.updated_at)
    case.save(update_fields=["updated_at"])
    return found
