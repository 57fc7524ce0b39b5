"""A mailbox for systems that must not write to real people: it keeps what would have left."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.utils import make_msgid

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F

from integrations.models import StoredMail
from timekeeping import clock

CASES_HEADER = "X-Casetrack-Cases"
REFUSING_DOMAIN = "bounce.example"


class MailboxBackend(BaseEmailBackend):
    """Stores every mail in a table, where the mailbox page shows it.

    An address at bounce.example is refused as a mail server would refuse it, so that
    everybody can see what the product does then.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            refused = [a for a in message.recipients() if a.rpartition("@")[2] == REFUSING_DOMAIN]
            if refused:
                answer = (550, b"5.1.1 There is nobody of this name here")
                raise smtplib.SMTPRecipientsRefused(dict.fromkeys(refused, answer))
            store(message)
        return len(email_messages)


def store(message: EmailMessage) -> None:
    """Keep a mail; a second copy of one that is known already is counted, not kept."""
    headers = message.extra_headers
    message_id = headers.get("Message-ID") or make_msgid(domain="mailbox.example")
    known = StoredMail.objects.filter(message_id=message_id)
    if known.update(copies=F("copies") + 1):
        return
    StoredMail.objects.create(
        message_id=message_id,
        sender=message.from_email,
        to=list(message.recipients()),
        subject=str(message.subject)[:250],
        body=str(message.body),
        references=headers.get(CASES_HEADER, "").split(),
        stored_at=clock.now(),
    )
