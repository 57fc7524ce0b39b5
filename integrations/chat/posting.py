"""Handing a message to a chat program, once."""

from __future__ import annotations

import ast
import logging
import re

from apprise import Apprise, AppriseResult, NotifyFormat
from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Robot
from integrations.chat.addresses import BadAddress, plugin, without_secrets
from integrations.chat.programs import Heard
from integrations.chat.said import Message, Said, by_status

STATUS = re.compile(r"error=(\d{3})\b")
DETAILS = ("Response Details:", "Socket Exception:")


def hand_over(robot: Robot, message: Message) -> Said:
    """Give a message to whatever the settings name: the world, or a sandbox's mailbox.

    What was answered never holds any part of the robot's address.
    """
    send = import_string(settings.CASETRACK_CHAT_BACKEND)
    said: Said = send(robot, message)
    words = without_secrets(said.words, robot.address)
    return Said(said.accepted, " ".join(words.split())[:300], said.for_good)


def post(robot: Robot, message: Message) -> Said:
    """Send a message to the robot's chat program. Takes at most 20 seconds, tries once."""
    try:
        speaker = plugin(robot, site=settings.CASETRACK_BASE_URL)
    except BadAddress:
        return Said(accepted=False, words="bad address", for_good=True)
    way = Apprise(asset=speaker.asset)
    way.add(speaker)
    result = way.notify(message.text, body_format=NotifyFormat.TEXT, log_level=logging.DEBUG)
    if isinstance(speaker, Heard) and speaker.said is not None:
        return speaker.said
    return by_log(result)


def by_log(result: AppriseResult) -> Said:
    """Read what the library heard: it keeps the answer of a server nowhere but in its log."""
    if result:
        return Said(accepted=True)
    lines = [entry for one in result for entry in one.logs()]
    details = [_detail(entry.message) for entry in lines if entry.message.startswith(DETAILS)]
    warnings = [entry.message for entry in lines if entry.level in ("WARNING", "ERROR")]
    words = " ".join(details or warnings) or result.status.name
    status = STATUS.search(" ".join(warnings))
    return by_status(int(status[1]), words) if status else Said(accepted=False, words=words)


def _detail(line: str) -> str:
    """Return what stands behind the colon; a body is logged as Python writes bytes."""
    said = line.partition(":")[2].strip()
    if not said.startswith(("b'", 'b"')):
        return said
    body: bytes = ast.literal_eval(said)
    return body.decode(errors="replace")
