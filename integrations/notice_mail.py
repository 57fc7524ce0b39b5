"""Mails to our own people: all that waits for one person leaves as one summary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet

from accounts.models import User
from integrations.mailbox import CASES_HEADER
from integrations.outgoing import LEASE, Attempt, Outcome, attempt, wait_after
from integrations.summary import write
from objections.models import Notice
from objections.vocabulary import NoticeChannel


@dataclass(frozen=True, slots=True)
class Batch:
    """The notices that leave as one mail. They share their person, their lease, their tries."""

    user: User
    attempts: int
    leased_until: datetime

    @property
    def notices(self) -> QuerySet[Notice]:
        return Notice.objects.filter(
            channel=NoticeChannel.EMAIL,
            user=self.user,
            attempts=self.attempts,
            send_at=self.leased_until,
        )


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Claim and send what waits for one person. False when nothing is waiting.

    A batch stays together: its notices share one lease, and so one moment of the next
    attempt, and are never mixed with later ones. So a mail that is sent again because
    its process died is the same mail, under the same Message-ID.
    """
    batch = _claim(clock_now())
    if batch is None:
        return False
    result = attempt(_message(batch, clock_now()), attempts=batch.attempts)
    _settle(batch, result, now=clock_now())
    return True


@transaction.atomic(durable=True)
def _claim(now: datetime) -> Batch | None:
    """Lease a person's batch: one that was tried before, or all that is new.

    The person is locked with the first notice, so that two workers never share out what
    waits for one person.
    """
    waiting = Notice.objects.filter(channel=NoticeChannel.EMAIL, send_at__lte=now)
    first = (
        waiting.select_for_update(of=("self", "user"), skip_locked=True, no_key=True)
        .select_related("user")
        .order_by("send_at", "pk")
        .first()
    )
    if first is None:
        return None
    same = waiting.filter(user=first.user_id, attempts=first.attempts)
    if first.attempts:
        same = same.filter(send_at=first.send_at)
    batch = Batch(first.user, first.attempts + 1, now + LEASE)
    same.update(attempts=batch.attempts, send_at=batch.leased_until)
    return batch


def _message(batch: Batch, now: datetime) -> EmailMessage:
    span = batch.notices.aggregate(first=Min("pk"), last=Max("pk"), count=Count("pk"))
    summary = write(batch.user, batch.notices, now=now)
    name = "notices-{first}-{last}-{count}".format(**span)
    return EmailMessage(
        subject=summary.subject,
        body=summary.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[batch.user.email],
        headers={
            "Message-ID": f"<{name}.{batch.user.pk}@{settings.CASETRACK_MAIL_DOMAIN}>",
            CASES_HEADER: " ".join(summary.references),
        },
    )


@transaction.atomic(durable=True)
def _settle(batch: Batch, result: Attempt, *, now: datetime) -> None:
    if result.outcome is Outcome.SENT:
        batch.notices.update(send_at=None, sent_at=now, failure="")
    elif result.outcome is Outcome.LATER:
        again = now + wait_after(batch.attempts)
        batch.notices.update(send_at=again, failure=result.failure)
    else:
        batch.notices.update(send_at=None, failed_at=now, failure=result.failure)
