"""A mailbox for systems that must not write to real people: it keeps what would have left."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from email.utils import make_msgid

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F

from accounts.models import Robot
from integrations.chat.said import Message, Said
from integrations.models import StoredMail
from timekeeping import clock

CASES_HEADER = "X-Casetrack-Cases"
REFUSING_DOMAIN = "bounce.example"
REFUSING_NUMBER = "0000000"


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


def catch_chat(robot: Robot, message: Message) -> Said:
    """Keep what a chat robot would have said to its group. Nothing leaves."""
    lines = message.text.splitlines()
    _keep(
        message.id, sender="Casetrack", to=[robot.name], subject=next(iter(lines[1:]), lines[0]),
        body=message.text, references=list(message.references),
    )  # fmt: skip
    return Said(accepted=True, words="caught in the mailbox")


def catch_text(number: str, message: Message) -> Said:
    """Keep a text message that would have left for a customer. Nothing leaves."""
    if number.endswith(REFUSING_NUMBER):
        return Said(accepted=False, words="21211 This number does not exist", for_good=True)
    _keep(
        message.id, sender="Casetrack", to=[number], subject=message.text.splitlines()[0],
        body=message.text, references=list(message.references),
    )  # fmt: skip
    return Said(accepted=True, words="caught in the mailbox")


def store(message: EmailMessage) -> None:
    """Keep a mail; a second copy of one that is known already is counted, not kept."""
    headers = message.extra_headers
    _keep(
        headers.get("Message-ID") or make_msgid(domain="mailbox.example"),
        sender=message.from_email, to=list(message.recipients()), subject=str(message.subject),
        body=str(message.body), references=headers.get(CASES_HEADER, "").split(),
    )  # fmt: skip


def _keep(
    message_id: str,
    *,
    sender: str,
    to: list[str],
    subject: str,
    body: str,
    references: list[str],
) -> None:
    known = StoredMail.objects.filter(message_id=message_id)
    if known.update(copies=F("copies") + 1):
        return
    StoredMail.objects.create(
        message_id=message_id, sender=sender, to=to, subject=subject[:250], body=body,
        references=references, stored_at=clock.now(),
    )  # fmt: skip
