"""The words of the mail that tells one person what has happened since the last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from objections.clockface import promise_name
from objections.models import Notice
from objections.vocabulary import NoticeKind
from timekeeping.wording import duration, moment

LONGEST = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as the mail tells it."""

    heading: str
    what: str
    clock: str
    url: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A mail to one person. ``references`` names every case that it speaks of."""

    subject: str
    body: str
    references: tuple[str, ...]


def write(user: User, notices: QuerySet[Notice], *, now: datetime) -> Summary:
    """Return the mail in the person's language and time zone, the highest level first.

    It lists forty notices and counts the others. A restricted case is told by its
    reference alone: a mail is read by whoever finds it.
    """
    shown = list(
        notices.select_related("case__customer", "deadline").order_by("-level", "occurred_at")[
            :LONGEST
        ]
    )
    kinds = Counter(dict(notices.order_by().values_list("kind").annotate(Count("pk"))))
    language = user.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(ZoneInfo(user.time_zone)):
        context = {
            "name": str(user),
            "lines": [_line(one, now) for one in shown],
            "more": kinds.total() - len(shown),
            "url": settings.CASETRACK_BASE_URL + reverse("notices"),
        }
        subject = _subject(shown, kinds)
        body = render_to_string("integrations/notices.txt", context)
    return Summary(subject, body, tuple(sorted({one.case.reference for one in shown})))


def _subject(shown: Sequence[Notice], kinds: Counter[str]) -> str:
    count = kinds.total()
    if count == 1:
        colon = pgettext("between name and value", ": ")
        return f"{_heading(shown[0])}{colon}{_what(shown[0])}"[:200]
    comma = pgettext("between parts of a sentence", ", ")
    told = comma.join(f"{number} × {NoticeKind(kind).label}" for kind, number in kinds.items())
    whole = ngettext("{count} notice: {kinds}", "{count} notices: {kinds}", count)
    return whole.format(count=count, kinds=told)[:200]


def _line(notice: Notice, now: datetime) -> Line:
    url = settings.CASETRACK_BASE_URL + reverse("case", args=[notice.case.reference])
    return Line(_heading(notice), _what(notice), clock_words(notice, now), url)


def _heading(notice: Notice) -> str:
    label = str(NoticeKind(notice.kind).label)
    if notice.level:
        return _("{notice}, level {level}").format(notice=label, level=notice.level)
    return label


def _what(notice: Notice) -> str:
    case = notice.case
    if case.is_restricted:
        return case.reference
    customer = f" ({case.customer})" if case.customer else ""
    return f"{case.reference} {case.title}{customer}"


def clock_words(notice: Notice, now: datetime) -> str:
    """Return the promise of a notice, when it is due and how late it is; nothing once it ended."""
    deadline = notice.deadline
    if deadline is None or deadline.due_at is None or not deadline.is_running:
        return ""
    words = {"promise": promise_name(deadline), "moment": moment(deadline.due_at, now)}
    if deadline.due_at < now:
        late = duration(now - deadline.due_at)
        return _("{promise}, due {moment}, {length} late").format(length=late, **words)
    return _("{promise}, due {moment}").format(**words)
