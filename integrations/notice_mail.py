"""Mails to our own people: all that waits for one person leaves as one summary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.models import User
from integrations import outbox
from integrations.mailbox import CASES_HEADER
from integrations.outbox import Batch
from integrations.outgoing import Attempt, attempt
from integrations.summary import write
from objections.vocabulary import NoticeChannel


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Claim and send what waits for one person. False when nothing is waiting."""
    return outbox.deliver_next(NoticeChannel.EMAIL, _send, clock_now)


def _send(batch: Batch, now: datetime) -> Attempt:
    return attempt(_message(batch, now), attempts=batch.attempts)


def _message(batch: Batch, now: datetime) -> EmailMessage:
    user = batch.listener
    assert isinstance(user, User)
    summary = write(user, batch.notices, now=now)
    return EmailMessage(
        subject=summary.subject,
        body=summary.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[user.email],
        headers={
            "Message-ID": f"<{batch.message}@{settings.CASETRACK_MAIL_DOMAIN}>",
            CASES_HEADER: " ".join(summary.references),
        },
    )
