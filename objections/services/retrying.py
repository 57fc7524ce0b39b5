"""Trying again now what was set aside because it could not be rung."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from accounts.models import User
from objections.errors import NotPermitted
from objections.locking import lock
from objections.models import Deadline, Escalation

logger = logging.getLogger(__name__)

TRY_AGAIN = "try_again"


def may_try_again(user: User) -> bool:
    """Tell whether this person looks after the clock: an administrator of the rows that ring."""
    return user.is_active and user.is_staff and user.has_perm("objections.change_deadline")


@transaction.atomic
def try_again(row: Deadline | Escalation, *, by: User, now: datetime) -> bool:
    """Let the next sweep look at a row that was set aside, instead of at its next try.

    Whatever rings then rings at its true moment. How often it has failed is kept, so one
    that fails again waits as long as it would have. Refuses with NotPermitted. False, and
    nothing changed, where it is no longer set aside: it may have rung meanwhile.
    """
    if not may_try_again(by):
        raise NotPermitted(TRY_AGAIN)
    lock(row.case)
    table = type(row)
    aside = table._default_manager.select_for_update(of=("self",), no_key=True)
    found = aside.filter(pk=row.pk, quarantined_at__isnull=False, alarm_at__isnull=False).first()
    if found is None:
        return False
    if found.alarm_at is not None and found.alarm_at > now:
        found.alarm_at = now
        found.save(update_fields=["alarm_at"])
    logger.info("%s %s is tried again, asked by user %s", table.__name__, row.pk, by.pk)
    return True
