"""Mails to customers: what they say, and what a bounce takes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from integrations import leasing, links_sent
from integrations.mailbox import CASES_HEADER
from integrations.outgoing import attempt
from objections import links
from objections.models import CustomerMail
from objections.services import records
from objections.services.stepping import lock
from objections.vocabulary import NoticeChannel


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Send the mail that has waited longest. False when none is waiting."""
    return leasing.deliver_next(
        CustomerMail.objects.select_related("contact_record__case__customer"),
        lambda mail: attempt(_message(mail), attempts=mail.attempts),
        leasing.settle_for_case,
        clock_now,
        channel=NoticeChannel.EMAIL,
        name=lambda mail: mail.message_id,
    )


def _message(mail: CustomerMail) -> EmailMessage:
    case = mail.contact_record.case
    link = links_sent.brought_by(mail.contact_record)
    language = link.language if link else links.language_of(case)
    with translation.override(language):
        context = {"body": mail.body, "case": case}
        if link is not None:
            context |= {
                "body": mail.body or links.words(case.stage),
                "address": links.address(link),
                "until": links.until(link),
                "house": links.house(),
            }
        body = render_to_string("integrations/customer.txt", context)
    return EmailMessage(
        subject=" ".join(mail.subject.split()),
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers={"Message-ID": mail.message_id, CASES_HEADER: case.reference},
    )


@transaction.atomic
def bounced(mail: CustomerMail, *, failure: str, now: datetime) -> bool:
    """Record that a mail which had left came back, and return True.

    Twice, or before it left, changes nothing and returns False.
    """
    lock(mail.contact_record.case)
    left = CustomerMail.objects.filter(pk=mail.pk, sent_at__isnull=False, failed_at=None)
    if left.update(failed_at=now, failure=failure[:300]):
        records.withdraw_proof(mail.contact_record, failure=failure, now=now)
        return True
    return False
