"""The outbox of notices: who claims what waits for one listener, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Robot, User
from integrations import attempts, budget
from integrations.models import DeliveryAttempt
from integrations.outgoing import LEASE, Attempt, Outcome, failed, wait_after
from integrations.quiet import Listener, breaks_through, quiet_until
from objections.models import Notice
from objections.vocabulary import NoticeChannel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """The notices that leave as one message. They share their listener, lease and tries.

    ``message`` names them: the same notices always leave under the same name.
    """

    listener: Listener
    attempts: int
    leased_until: datetime
    message: str
    record: DeliveryAttempt

    @property
    def notices(self) -> QuerySet[Notice]:
        """Return them while they are still leased: nothing once another process took them on."""
        return Notice.objects.filter(
            pk__in=self.record.notices, attempts=self.attempts, send_at=self.leased_until
        )


def deliver_next(
    channel: NoticeChannel,
    send: Callable[[Batch, datetime], Attempt],
    clock_now: Callable[[], datetime],
) -> bool:
    """Claim what waits for one listener and send it. False when nothing may leave now.

    A batch stays together: its notices share one lease, and so one moment of the next
    attempt, and are never mixed with later ones. So a message that is sent again because
    its process died is the same message, under the same id.
    """
    batch = claim(channel, clock_now())
    if batch is None:
        return False
    result, took = attempts.timed(lambda: _try(send, batch, clock_now()))
    settle(batch, result, took, now=clock_now())
    return True


def _try(send: Callable[[Batch, datetime], Attempt], batch: Batch, now: datetime) -> Attempt:
    """Send a batch once. One that cannot even be written waits, and holds up nobody else."""
    try:
        return send(batch, now)
    except Exception as error:
        logger.exception("message %s could not be sent", batch.message)
        return failed(type(error).__name__, batch.attempts, for_good=False)


@transaction.atomic(durable=True)
def claim(channel: NoticeChannel, now: datetime) -> Batch | None:
    """Lease a listener's batch: one that was tried before, or all that is new.

    The listener is locked with the first notice, so that two workers never share out what
    waits for one. What has to wait for the end of quiet hours, or for a robot's next free
    minute, is put off to that moment, and the next listener has its turn.
    """
    while (first := _first(channel, now)) is not None:
        batch = _lease(first, channel, now)
        if batch is not None:
            return batch
    return None


def _first(channel: NoticeChannel, now: datetime) -> Notice | None:
    waiting = Notice.objects.filter(channel=channel, send_at__lte=now)
    # These conditions make an inner join of it: a row that may be missing cannot be locked.
    if channel is NoticeChannel.CHAT:
        listener, waiting = "robot", waiting.filter(robot__is_active=True)
    else:
        listener, waiting = "user", waiting.filter(user__username__isnull=False)
    return (
        waiting.select_for_update(of=("self", listener), skip_locked=True, no_key=True)
        .select_related(listener)
        .order_by("send_at", "pk")
        .first()
    )


def _lease(first: Notice, channel: NoticeChannel, now: datetime) -> Batch | None:
    listener = first.robot or first.user
    assert listener is not None
    same = _waiting(channel, listener).filter(attempts=first.attempts, send_at__lte=now)
    if first.attempts:
        same = same.filter(send_at=first.send_at)
    full_until = budget.full_until(listener, now) if isinstance(listener, Robot) else None
    if full_until is not None:
        _put_off(same, first, full_until)
        return None
    same = _awake(same, first, listener, now)
    found = sorted(same.values_list("pk", flat=True))
    if not found:
        return None
    tries, leased_until = first.attempts + 1, now + LEASE
    Notice.objects.filter(pk__in=found).update(attempts=tries, send_at=leased_until)
    message = f"notices-{found[0]}-{found[-1]}-{len(found)}.{_name(listener)}"
    record = attempts.begin(
        channel, message, number=tries, now=now, notices=found,
        user=listener if isinstance(listener, User) else None,
        robot=listener if isinstance(listener, Robot) else None,
    )  # fmt: skip
    return Batch(listener, tries, leased_until, message, record)


def _awake(
    same: QuerySet[Notice], first: Notice, listener: Listener, now: datetime
) -> QuerySet[Notice]:
    """Put off what can wait where the listener has quiet hours, and return the rest.

    What was tried before stays together: it leaves whole if any of it breaks through.
    """
    until = quiet_until(listener, now)
    if until is None:
        return same
    critical = breaks_through(listener)
    if first.attempts:
        if not same.filter(critical).exists():
            _put_off(same, first, until)
            return same.none()
        return same
    _put_off(same.filter(~critical), first, until)
    return same.filter(critical)


def _put_off(notices: QuerySet[Notice], first: Notice, until: datetime) -> None:
    """Let notices wait. A batch that was tried keeps a moment of its own, to stay itself."""
    own = timedelta(microseconds=first.pk % 1_000_000) if first.attempts else timedelta(0)
    notices.update(send_at=until + own)


def _waiting(channel: NoticeChannel, listener: Listener) -> QuerySet[Notice]:
    found = Notice.objects.filter(channel=channel, send_at__isnull=False)
    if isinstance(listener, Robot):
        return found.filter(robot=listener)
    return found.filter(user=listener)


def _name(listener: Listener) -> str:
    return f"robot-{listener.pk}" if isinstance(listener, Robot) else str(listener.pk)


@transaction.atomic(durable=True)
def settle(batch: Batch, result: Attempt, took: timedelta, *, now: datetime) -> None:
    """Write down what came of a batch. One that another process has leased stays as it is."""
    attempts.settle(batch.record, result, took)
    if result.outcome is Outcome.SENT:
        batch.notices.update(send_at=None, sent_at=now, failure="")
    elif result.outcome is Outcome.LATER:
        again = now + wait_after(batch.attempts)
        batch.notices.update(send_at=again, failure=result.failure)
    else:
        batch.notices.update(send_at=None, failed_at=now, failure=result.failure)
