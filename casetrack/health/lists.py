"""The rows behind the figures: what is set aside, what waits, what never arrived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import User
from casetrack.health.figures import CUSTOMER
from objections.clockface import promise_name
from objections.models import (
    CustomerMail,
    CustomerText,
    Deadline,
    Escalation,
    Notice,
    Recomputation,
)
from objections.permissions import visible
from timekeeping.models import Calendar

MOST = 50
NEWEST = 10


@dataclass(frozen=True, slots=True)
class Alarm:
    """A row that rings: of which table, of which case, what it is about, when it is next tried.

    ``url`` explains it. ``failure`` is the first line of what went wrong the last time.
    """

    table: str
    pk: int
    reference: str
    what: str
    url: str
    at: datetime | None
    since: datetime | None
    failures: int
    failure: str


def set_aside(user: User) -> list[Alarm]:
    """Return what could not be rung, of the cases that this person sees, the oldest first."""
    return _alarms(user, Q(quarantined_at__isnull=False), "quarantined_at", MOST)


def waiting(user: User, *, now: datetime) -> list[Alarm]:
    """Return the alarms that are due and have not rung, the oldest first."""
    return _alarms(user, Q(alarm_at__lt=now), "alarm_at", NEWEST)


def _alarms(user: User, chosen: Q, order: str, most: int) -> list[Alarm]:
    seen = chosen & visible(user, of="case__")
    deadlines = Deadline.objects.filter(seen).select_related("case").order_by(order, "pk")[:most]
    escalations = Escalation.objects.filter(seen).select_related("case").order_by(order, "pk")
    rows: Iterable[Deadline | Escalation] = chain(deadlines, escalations[:most])
    return [_alarm(row) for row in sorted(rows, key=lambda row: getattr(row, order))[:most]]


def _alarm(row: Deadline | Escalation) -> Alarm:
    reference = row.case.reference
    if isinstance(row, Deadline):
        table, what = "deadline", promise_name(row)
        url = reverse("explain-deadline", args=[reference, row.pk])
    else:
        table, what = "escalation", _("Escalation, level {level}").format(level=row.level)
        url = reverse("case", args=[reference])
    first_line = row.failure.partition("\n")[0]
    return Alarm(
        table, row.pk, reference, what, url, row.alarm_at, row.quarantined_at, row.failures,
        first_line,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that was given up: which way, about which case, for whom, and why."""

    channel: str
    reference: str
    to: str
    at: datetime
    failure: str


def given_up(user: User) -> list[Failure]:
    """Return the newest messages that never arrived, of the cases that this person sees."""
    notices = Notice.objects.filter(visible(user, of="case__"), failed_at__isnull=False)
    mails = CustomerMail.objects.filter(
        visible(user, of="contact_record__case__"), failed_at__isnull=False
    )
    rows = [
        Failure(one.channel, one.case.reference, str(one.user or one.robot), at, one.failure)
        for one in notices.select_related("case", "user", "robot").order_by("-failed_at")[:NEWEST]
        if (at := one.failed_at) is not None
    ]
    texts = CustomerText.objects.filter(
        visible(user, of="contact_record__case__"), failed_at__isnull=False
    )
    rows += [
        Failure(CUSTOMER, text.contact_record.case.reference, text.to, at, text.failure)
        for text in texts.select_related("contact_record__case").order_by("-failed_at")[:NEWEST]
        if (at := text.failed_at) is not None
    ]
    rows += [
        Failure(CUSTOMER, mail.contact_record.case.reference, mail.to, at, mail.failure)
        for mail in mails.select_related("contact_record__case").order_by("-failed_at")[:NEWEST]
        if (at := mail.failed_at) is not None
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:NEWEST]


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A calendar whose holidays are missing where clocks need them.

    ``provisional`` clocks run beyond the published years, the last of them to ``until``.
    """

    name: str
    url: str
    published: tuple[int, ...]
    provisional: int
    until: datetime | None


def unpublished(*, now: datetime) -> list[Unpublished]:
    """Return calendars with provisional clocks, and those of a country that lack this year."""
    running = Deadline.objects.running().filter(is_provisional=True).order_by()
    counted = running.values_list("calendar__calendar").annotate(Count("pk"), Max("due_at"))
    clocks = {calendar: (rows, until) for calendar, rows, until in counted}
    found = []
    for calendar in Calendar.objects.prefetch_related("years"):
        years = tuple(year.year for year in calendar.years.all())
        rows, until = clocks.get(calendar.pk, (0, None))
        lacks = calendar.country and now.astimezone(ZoneInfo(calendar.time_zone)).year not in years
        if rows or lacks:
            found.append(Unpublished(calendar.name, _edited(calendar), years, rows, until))
    return found


def _edited(calendar: Calendar) -> str:
    try:
        return reverse("admin:timekeeping_calendar_change", args=[calendar.pk])
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Underway:
    """A recomputation that is not done, or in which cases failed.

    Of what, asked when, how far it has come in percent, and what came of it.
    """

    name: str
    asked_at: datetime
    done: int
    moved: int
    overdue: int
    failed: int


def recomputations() -> list[Underway]:
    related = ("policy", "edition__calendar", "customer")
    told = Recomputation.objects.filter(Q(done_at=None) | Q(failed__gt=0))
    rows = told.select_related(*related)
    return [
        Underway(
            str(row.policy or row.edition or row.customer), row.asked_at, _done(row), row.moved,
            row.overdue, row.failed,
        )
        for row in rows.order_by("-pk")[:MOST]
    ]  # fmt: skip


def _done(row: Recomputation) -> int:
    if row.done_at is not None or not row.last:
        return 100
    return min(100 * row.cursor // row.last, 100)
