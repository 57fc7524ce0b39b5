"""Settling what the demo's past has put into the outbox, so that a start mails nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from objections import timeline
from objections.models import CustomerMail, Notice
from objections.vocabulary import EventKind, NoticeChannel

POST_TAKES = timedelta(seconds=2)
FRESH = timedelta(minutes=45)
LOOKED_AFTER = timedelta(minutes=6)


def settle_past(*, now: datetime) -> None:
    """Count all that waits to be sent as sent at its time, and old notices as seen.

    Nothing leaves the building. What people were told in the last three quarters of an
    hour stays unseen, unless they have looked already.
    """
    waiting = Notice.objects.filter(send_at__lte=now)
    waiting.update(sent_at=F("send_at"), send_at=None, attempts=1)
    old = Notice.objects.filter(channel=NoticeChannel.IN_APP, seen_at=None)
    old.filter(created_at__lt=now - FRESH).update(seen_at=F("created_at") + LOOKED_AFTER)
    _post_mails(now)


def _post_mails(now: datetime) -> None:
    mails = list(
        CustomerMail.objects.filter(next_attempt_at__isnull=False).select_related(
            "contact_record__case"
        )
    )
    for mail in mails:
        record = mail.contact_record
        mail.sent_at = min(mail.created_at + POST_TAKES, now)
        mail.next_attempt_at, mail.attempts = None, 1
        timeline.record(
            record.case, EventKind.MAIL_SENT, at=mail.sent_at, now=mail.sent_at,
            contact=record.pk, purpose=record.purpose, to=mail.to,
        )  # fmt: skip
    CustomerMail.objects.bulk_update(mails, ["sent_at", "next_attempt_at", "attempts"])
