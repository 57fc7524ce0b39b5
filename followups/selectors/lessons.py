"""What teams have learned, week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Role, Team, User
from followups import digests
from followups.digests import WEEK, Week
from objections.models import Case

OVERSEERS = {Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR}
WEEKS = 104  # how far back one may turn the pages


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """One team's lessons of a week."""

    team: Team
    week: Week
    cases: list[Case]


def week(user: User, back: int, *, now: datetime) -> list[TeamWeek]:
    """Return the lessons of a week, ``back`` weeks ago, of each team that is this person's."""
    found = []
    for team in _teams(user).select_related("calendar"):
        this = digests.week_of(team, now - back * WEEK)
        cases = list(digests.lessons(team, this))
        if cases:
            found.append(TeamWeek(team, this, cases))
    return found


def _teams(user: User) -> QuerySet[Team]:
    if user.role in OVERSEERS:
        return Team.objects.all()
    mine = Q(members=user) | Q(supervisor=user) | Q(manager=user) | Q(duty_officer=user)
    return Team.objects.filter(mine).distinct()
