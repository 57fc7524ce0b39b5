"""Everything that is measured of the clock and of what leaves the building, in a few queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Model, Q, QuerySet

from customers.models import Customer
from objections.deadlines import watching
from objections.deadlines.watching import Look, TimerHealth
from objections.models import (
    CustomerMail,
    CustomerText,
    Deadline,
    Escalation,
    Notice,
    Recomputation,
)
from objections.vocabulary import NoticeChannel
from timekeeping.punctuality import Bucket, histogram

CUSTOMER = "customer"
LEAVING = (CUSTOMER, NoticeChannel.EMAIL.value, NoticeChannel.CHAT.value)
"""The ways out of the building: mails and text messages to customers, mails and chat to us."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """What waits on one way out. ``oldest`` was made so long ago and should have left by now.

    A message that is held back for quiet hours waits, but is not old.
    """

    channel: str
    waiting: int
    oldest: timedelta | None
    failed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The state of the clock at ``now``. Numbers of rows; nothing of what a case says."""

    now: datetime
    health: TimerHealth
    looks: list[Look]
    alarms_waiting: int
    overdue_open: int
    oldest_overdue: timedelta | None
    set_aside: dict[str, int]
    outboxes: list[Outbox]
    provisional: int
    recomputations: int
    rungs: list[Bucket]


def measure(*, now: datetime) -> Figures:
    """Measure all of it. Each question is answered by an index, whatever the tables hold."""
    looks = watching.looks()
    waiting, oldest = _alarms(now)
    overdue = Deadline.objects.overdue(now).aggregate(rows=Count("pk"), oldest=Min("due_at"))
    return Figures(
        now=now,
        health=watching.judged(looks, now=now, lag=now - oldest if oldest else timedelta(0)),
        looks=looks,
        alarms_waiting=waiting,
        overdue_open=overdue["rows"],
        oldest_overdue=now - overdue["oldest"] if overdue["oldest"] else None,
        set_aside={
            "deadline": Deadline.objects.filter(quarantined_at__isnull=False).count(),
            "escalation": Escalation.objects.filter(quarantined_at__isnull=False).count(),
        },
        outboxes=outboxes(now),
        provisional=Deadline.objects.running().filter(is_provisional=True).count(),
        recomputations=Recomputation.objects.filter(done_at=None).count()
        + Customer.objects.filter(tier_changed_at__isnull=False).count(),
        rungs=histogram(),
    )


def _alarms(now: datetime) -> tuple[int, datetime | None]:
    """Return how many alarms are due and have not rung, and when the oldest was due."""
    rows, oldest = 0, None
    for table in (Deadline, Escalation):
        found = table._default_manager.filter(alarm_at__lt=now).aggregate(
            rows=Count("pk"), oldest=Min("alarm_at")
        )
        rows += found["rows"]
        oldest = min(filter(None, (oldest, found["oldest"])), default=None)
    return rows, oldest


def outboxes(now: datetime) -> list[Outbox]:
    """Return what waits on each way out, and what never arrived."""
    due = Q(send_at__lte=now) | Q(attempts__gt=0)
    unsent = Notice.objects.filter(send_at__isnull=False).order_by().values_list("channel")
    waiting = {
        channel: (rows, oldest)
        for channel, rows, oldest in unsent.annotate(
            rows=Count("pk"), oldest=Min("created_at", filter=due)
        )
    }
    failed = dict(_failed(Notice.objects.all()).values_list("channel").annotate(Count("pk")))
    waiting[CUSTOMER], failed[CUSTOMER] = _to_customers()
    found = []
    for channel in LEAVING:
        rows, oldest = waiting.get(channel, (0, None))
        age = now - oldest if oldest else None
        found.append(Outbox(channel, rows, age, failed.get(channel, 0)))
    return found


def _to_customers() -> tuple[tuple[int, datetime | None], int]:
    """Return what waits to leave for customers, the oldest of it, and what never arrived."""
    rows, oldest, lost = 0, None, 0
    unsent, given_up = Q(next_attempt_at__isnull=False), Q(failed_at__isnull=False)
    for outbox in (CustomerMail, CustomerText):
        found = outbox._default_manager.filter(unsent | given_up).aggregate(
            rows=Count("pk", filter=unsent), oldest=Min("created_at", filter=unsent),
            lost=Count("pk", filter=given_up),
        )  # fmt: skip
        rows, lost = rows + found["rows"], lost + found["lost"]
        oldest = min(filter(None, (oldest, found["oldest"])), default=None)
    return (rows, oldest), lost


def _failed(rows: QuerySet[Model]) -> QuerySet[Model]:
    return rows.filter(failed_at__isnull=False).order_by()
