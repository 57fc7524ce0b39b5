"""Mails to customers: claimed one by one, sent, and what came of it written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from integrations import attempts, links_sent
from integrations.mailbox import CASES_HEADER
from integrations.models import DeliveryAttempt
from integrations.outgoing import LEASE, Attempt, Outcome, attempt, wait_after
from objections import links, timeline
from objections.models import CustomerMail
from objections.services import records
from objections.services.stepping import lock
from objections.vocabulary import EventKind, NoticeChannel


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Claim and send the mail that has waited longest. False when none is waiting.

    It is leased, not locked, while it is sent: a process that dies between sending and
    writing that down has it sent once more when the lease ends, under the same
    Message-ID, and never loses it.
    """
    claimed = _claim(clock_now())
    if claimed is None:
        return False
    mail, trace = claimed
    result, took = attempts.timed(lambda: attempt(_message(mail), attempts=mail.attempts))
    attempts.settle(trace, result, took)
    _settle(mail, result, now=clock_now())
    return True


@transaction.atomic(durable=True)
def _claim(now: datetime) -> tuple[CustomerMail, DeliveryAttempt] | None:
    mail = (
        CustomerMail.objects.filter(next_attempt_at__lte=now)
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("contact_record__case__customer")
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if mail is None:
        return None
    mail.attempts += 1
    mail.next_attempt_at = now + LEASE
    mail.save(update_fields=["attempts", "next_attempt_at"])
    trace = attempts.begin(NoticeChannel.EMAIL, mail.message_id, number=mail.attempts, now=now)
    return mail, trace


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


@transaction.atomic(durable=True)
def _settle(mail: CustomerMail, result: Attempt, *, now: datetime) -> None:
    """Write down what came of an attempt. A mail that another process settled stays as it is."""
    record = mail.contact_record
    case = lock(record.case)
    waiting = CustomerMail.objects.filter(pk=mail.pk, next_attempt_at__isnull=False)
    if result.outcome is Outcome.LATER:
        waiting.update(next_attempt_at=now + wait_after(mail.attempts), failure=result.failure)
    elif result.outcome is Outcome.SENT:
        if waiting.update(next_attempt_at=None, sent_at=now, failure=""):
            timeline.record(
                case, EventKind.MAIL_SENT, at=now, now=now, contact=record.pk,
                purpose=record.purpose, to=mail.to,
            )  # fmt: skip
    elif waiting.update(next_attempt_at=None, failed_at=now, failure=result.failure):
        records.withdraw_proof(record, failure=result.failure, now=now)


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
