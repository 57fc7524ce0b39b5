"""Text messages to customers: claimed one by one, sent, and what came of it written down."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from apprise import Apprise, NotifyFormat
from apprise.exception import AppriseException
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string

from integrations import attempts, links_sent
from integrations.chat.addresses import asset, without_secrets
from integrations.chat.posting import by_log
from integrations.chat.said import Message, Said
from integrations.models import SMS, DeliveryAttempt
from integrations.outgoing import LEASE, Attempt, Outcome, failed, wait_after
from objections import links, timeline
from objections.models import CustomerText
from objections.services import records
from objections.services.stepping import lock
from objections.vocabulary import EventKind

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Claim and send the text message that has waited longest. False when none is waiting.

    It is leased as a mail is: a process that dies between sending and writing that down has
    it sent once more when the lease ends.
    """
    claimed = _claim(clock_now())
    if claimed is None:
        return False
    text, trace = claimed
    result, took = attempts.timed(lambda: _attempt(text))
    attempts.settle(trace, result, took)
    _settle(text, result, now=clock_now())
    return True


@transaction.atomic(durable=True)
def _claim(now: datetime) -> tuple[CustomerText, DeliveryAttempt] | None:
    text = (
        CustomerText.objects.filter(next_attempt_at__lte=now)
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .select_related("contact_record__case__customer")
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if text is None:
        return None
    text.attempts += 1
    text.next_attempt_at = now + LEASE
    text.save(update_fields=["attempts", "next_attempt_at"])
    trace = attempts.begin(SMS, f"text-{text.pk}", number=text.attempts, now=now)
    return text, trace


def _attempt(text: CustomerText) -> Attempt:
    """Hand it to whatever the settings name: the gateway, or a sandbox's mailbox."""
    send = import_string(settings.CASETRACK_SMS_BACKEND)
    try:
        said: Said = send(text.to, _message(text))
    except Exception as error:  # noqa: BLE001 - it waits, and holds up nobody else
        words = _without_secrets(repr(error))
        logging.getLogger(__name__).error("text message %s could not be sent: %s", text.pk, words)
        return failed(type(error).__name__, text.attempts, for_good=False)
    words = " ".join(_without_secrets(said.words).split())
    if said.accepted:
        return Attempt(Outcome.SENT, answer=words[:300])
    return failed(words[:300] or "refused", text.attempts, for_good=said.for_good)


def _without_secrets(words: str) -> str:
    """Return words without any part of the gateway's address that a program has repeated."""
    try:
        return without_secrets(words, settings.CASETRACK_SMS_GATEWAY)
    except ValueError:  # an address that is none: nobody can tell what in it is secret
        return ""


def _message(text: CustomerText) -> Message:
    case = text.contact_record.case
    link = links_sent.brought_by(text.contact_record)
    language = link.language if link else links.language_of(case)
    with translation.override(language):
        body = text.body or links.words(case.stage)
    address = links.address(link) if link else ""
    return Message(f"text-{text.pk}", f"{body}\n{address}".strip(), (case.reference,))


def post(number: str, message: Message) -> Said:
    """Send through the gateway that the settings name. Takes at most 20 seconds, tries once."""
    gateway = settings.CASETRACK_SMS_GATEWAY
    if not gateway:
        return Said(accepted=False, words="no gateway is set up", for_good=True)
    house = asset(settings.CASETRACK_BASE_URL)
    try:
        speaker = Apprise.instantiate(gateway.replace("{to}", number.lstrip("+")), asset=house)
    except (AppriseException, TypeError, ValueError):
        speaker = None
    if speaker is None:
        return Said(accepted=False, words="the address of the gateway is not one", for_good=True)
    speaker.socket_connect_timeout, speaker.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    way = Apprise(asset=house)
    way.add(speaker)
    return by_log(way.notify(message.text, body_format=NotifyFormat.TEXT, log_level=logging.DEBUG))


@transaction.atomic(durable=True)
def _settle(text: CustomerText, result: Attempt, *, now: datetime) -> None:
    """Write down what came of an attempt. One that another process settled stays as it is."""
    record = text.contact_record
    case = lock(record.case)
    waiting = CustomerText.objects.filter(pk=text.pk, next_attempt_at__isnull=False)
    if result.outcome is Outcome.LATER:
        waiting.update(next_attempt_at=now + wait_after(text.attempts), failure=result.failure)
    elif result.outcome is Outcome.SENT:
        if waiting.update(next_attempt_at=None, sent_at=now, failure=""):
            timeline.record(
                case, EventKind.MAIL_SENT, at=now, now=now, contact=record.pk,
                purpose=record.purpose, to=text.to, by_text=True,
            )  # fmt: skip
    elif waiting.update(next_attempt_at=None, failed_at=now, failure=result.failure):
        records.withdraw_proof(record, failure=result.failure, now=now)
