"""Text messages to customers: what they say, and the gateway that takes them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from apprise import Apprise, NotifyFormat
from apprise.exception import AppriseException
from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string

from integrations import leasing, links_sent
from integrations.chat.addresses import asset, without_secrets
from integrations.chat.posting import by_log
from integrations.chat.said import Message, Said
from integrations.models import SMS
from integrations.outgoing import Attempt, Outcome, failed
from objections import links
from objections.models import CustomerText

CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0


def deliver_next(clock_now: Callable[[], datetime]) -> bool:
    """Send the text message that has waited longest. False when none is waiting."""
    return leasing.deliver_next(
        CustomerText.objects.select_related("contact_record__case__customer"),
        _attempt,
        partial(leasing.settle_for_case, by_text=True),
        clock_now,
        channel=SMS,
        name=lambda text: f"text-{text.pk}",
    )


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
