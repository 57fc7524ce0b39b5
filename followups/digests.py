"""The week's lessons, sent to each team on Monday morning."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Team, User
from followups.models import Digest, DigestCopy
from objections.models import Case, CaseEvent
from objections.vocabulary import EventKind, Sensitivity, Stage

LEAVES_AT = time(8)
"""When a digest leaves on Monday, by the team's clock: before the week's first meeting. Ours."""
WEEK = timedelta(days=7)
STILL_WRITTEN = timedelta(days=183)
"""How long after a case was closed a lesson that is written then still reaches a digest. Ours."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a team, from its Monday 00:00 to the next, by the team's clock."""

    monday: date
    zone: ZoneInfo

    def before(self, weeks: int) -> Week:
        """Return the week so many weeks ago, by the calendar: clocks may have been put on."""
        return Week(self.monday - weeks * WEEK, self.zone)

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.monday, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.monday + WEEK, time(), self.zone)


def zone_of(team: Team) -> ZoneInfo:
    return ZoneInfo(team.calendar.time_zone if team.calendar else settings.TIME_ZONE)


def week_of(team: Team, at: datetime) -> Week:
    """Return the team's week in which a moment lies."""
    zone = zone_of(team)
    day = at.astimezone(zone).date()
    return Week(day - timedelta(days=day.weekday()), zone)


def lessons(teams: Collection[Team], week: Week) -> QuerySet[Case]:
    """Return the closed cases of these teams with a lesson of a week, the newest first.

    A lesson is of the week in which its case was closed, or in which somebody wrote it
    later, within half a year. A restricted case teaches nobody by mail.
    """
    written = CaseEvent.objects.filter(
        case=OuterRef("pk"), kind=EventKind.CHANGED, data__changes__lesson__0="",
        occurred_at__gte=week.begins_at,
    )  # fmt: skip
    later = Exists(written.filter(occurred_at__gte=week.ends_at))
    closed = Q(closed_at__gte=week.begins_at, closed_at__lt=week.ends_at) & ~later
    before = Q(closed_at__gte=week.begins_at - STILL_WRITTEN, closed_at__lt=week.begins_at)
    added = before & Exists(written.filter(occurred_at__lt=week.ends_at))
    return (
        Case.objects.filter(
            closed | added, team__in=teams, stage=Stage.CLOSED,
            sensitivity=Sensitivity.NORMAL,
        )
        .exclude(lesson="")
        .select_related("product")
        .order_by("-closed_at", "-pk")
    )  # fmt: skip


def make_due(now: datetime) -> int:
    """Make the digest of last week for every team that is due one, and return how many.

    It is due from Monday 08:00 by the team's clock, for the rest of that week. Any number
    of processes may ask at once: a team's week is sent once. A week without a lesson is
    passed over.
    """
    return sum(_make(team, now) for team in Team.objects.select_related("calendar"))


def _make(team: Team, now: datetime) -> bool:
    this = week_of(team, now)
    if now < datetime.combine(this.monday, LEAVES_AT, this.zone):
        return False
    last = this.before(1)
    if Digest.objects.filter(team=team, week_on=last.monday).exists():
        return False
    count = lessons([team], last).count()
    if not count:
        return False
    try:
        with transaction.atomic():
            _write(team, last, count, now)
    except IntegrityError:  # another process was faster
        return False
    return True


def _write(team: Team, week: Week, count: int, now: datetime) -> None:
    digest = Digest.objects.create(team=team, week_on=week.monday, lessons=count, made_at=now)
    DigestCopy.objects.bulk_create(
        DigestCopy(digest=digest, user=user, next_attempt_at=now) for user in readers(team)
    )


def readers(team: Team) -> QuerySet[User]:
    """Return who gets a team's digest by e-mail: its members and its supervisor."""
    ours = Q(teams=team) | Q(supervised_teams=team)
    return User.objects.filter(ours, is_active=True).exclude(email="").distinct().order_by("pk")
