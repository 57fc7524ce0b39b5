"""The words of the one message that tells a chat group all that waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Robot, RobotKind
from integrations.chat.said import Message
from integrations.summary import clock_words
from objections.models import Notice
from objections.vocabulary import NoticeKind

MOST_LINES = 20
TITLE = 60

# The most that each program takes in one message, in bytes of UTF-8, with room for its frame.
MOST_BYTES = {
    RobotKind.WECOM: 2048,
    RobotKind.DINGTALK: 18_000,
    RobotKind.FEISHU: 18_000,
    RobotKind.SLACK: 3000,
    RobotKind.TEAMS: 18_000,
    RobotKind.OTHER: 2000,
}

HEADINGS = {
    NoticeKind.WARNED: gettext_lazy("Due soon"),
    NoticeKind.ESCALATED: gettext_lazy("Escalated"),
    NoticeKind.LAPSED: gettext_lazy("Escalated again: the taker's time has passed"),
    NoticeKind.REMINDED: gettext_lazy("Reminder: still nobody has taken it"),
    NoticeKind.ANNOUNCED: gettext_lazy("New case, nobody has it yet"),
}

# A title is a customer's own words. None of them calls everybody, or makes a link.
HARMLESS = str.maketrans({"<": "‹", ">": "›", "@": "＠", "[": "［", "]": "］", "`": "'"})


def write(robot: Robot, notices: QuerySet[Notice], *, message: str, now: datetime) -> Message:
    """Return the message in the robot's language and zone, the highest level first.

    It lists twenty notices, fewer where the program takes no more, and counts the others.
    A restricted case is told by its reference alone: a group is read by all its members.
    Its last line is a number that no other message of this robot has, so that one that
    comes twice can be told from a new one.
    """
    highest_first = notices.order_by("-level", "occurred_at", "pk")
    shown = list(highest_first.select_related("case__customer", "deadline")[:MOST_LINES])
    whole = notices.count()
    last = notices.order_by("-pk").values_list("pk", flat=True)[0]
    with translation.override(robot.language), timezone.override(ZoneInfo(robot.time_zone)):
        lines = [_line(one, now) for one in shown]
        limit = MOST_BYTES[RobotKind(robot.kind)]
        count = len(lines)
        text = _text(lines, whole, last)
        while count > 1 and len(text.encode()) > limit:
            count -= 1
            text = _text(lines[:count], whole, last)
    if robot.kind == RobotKind.TEAMS:  # where one line break is none
        text = text.replace("\n", "\n\n")
    return Message(message, text, tuple(sorted({one.case.reference for one in shown[:count]})))


def trial_words(robot: Robot, *, message: str) -> Message:
    """Return a message that says that it is only a test."""
    with translation.override(robot.language):
        return Message(message, _("Casetrack: this is a test. Escalations will come in here."))


def _text(lines: Sequence[str], whole: int, last: int) -> str:
    head = ngettext("Casetrack: {count} notice", "Casetrack: {count} notices", whole)
    said = [head.format(count=whole), *lines]
    if whole > len(lines):
        more = whole - len(lines)
        said.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
    url = settings.CASETRACK_BASE_URL + reverse("board")
    said.append(_("Escalation board: {url}").format(url=url))
    return "\n".join([*said, _("No. {number}").format(number=last)])


def _line(notice: Notice, now: datetime) -> str:
    case = notice.case
    if case.is_restricted:
        return f"· {case.reference}"
    heading = str(HEADINGS.get(NoticeKind(notice.kind), NoticeKind(notice.kind).label))
    if notice.level:
        heading = _("{notice}, level {level}").format(notice=heading, level=notice.level)
    title = Truncator(" ".join(case.title.split())).chars(TITLE)
    customer = f" ({case.customer})" if case.customer else ""
    colon = pgettext("between name and value", ": ")
    about = f"{case.reference} {title}{customer}".translate(HARMLESS)
    clock = clock_words(notice, now)
    return f"· {heading}{colon}{about}" + (f" · {clock}" if clock else "")
