"""Quiet hours: what can wait does not leave at night."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import Robot, User
from objections.vocabulary import NoticeKind, Urgency

CRITICAL_LEVEL = 2

Listener = User | Robot

ESCALATIONS = (NoticeKind.ESCALATED, NoticeKind.LAPSED, NoticeKind.REMINDED)


def breaks_through(listener: Listener) -> Q:
    """Return the notices that leave in quiet hours too.

    Level 2 and above for everybody; for a person also every escalation of a crisis.
    """
    critical = Q(level__gte=CRITICAL_LEVEL)
    if isinstance(listener, User):
        critical |= Q(kind__in=ESCALATIONS, case__urgency=Urgency.CRISIS)
    return critical


def quiet_until(listener: Listener, at: datetime) -> datetime | None:
    """Return when the quiet hours end in which ``at`` lies, in UTC; None outside of them.

    They are times of day in the listener's own zone and may run over midnight. The start
    belongs to them, the end does not. Two equal times, or one alone, are none.
    """
    begin, end = listener.quiet_from, listener.quiet_until
    if begin is None or end is None or begin == end:
        return None
    zone = ZoneInfo(listener.time_zone)
    local = at.astimezone(zone)
    clock, day = local.time(), local.date()
    if begin < end:
        inside = begin <= clock < end
    else:
        inside = clock >= begin or clock < end
        if clock >= begin:
            day += timedelta(days=1)
    if not inside:
        return None
    # Where clocks are put back, a time of day comes twice: the first one that lies ahead.
    ends = (datetime.combine(day, end, tzinfo=zone).replace(fold=fold) for fold in (0, 1))
    return next((moment.astimezone(UTC) for moment in ends if moment.astimezone(UTC) > at), None)


def keep_quiet(user: User, begin: time | None, end: time | None) -> None:
    """Remember a person's quiet hours; None and None for none. What is held already stays held."""
    user.quiet_from, user.quiet_until = begin, end
    user.save(update_fields=["quiet_from", "quiet_until"])
