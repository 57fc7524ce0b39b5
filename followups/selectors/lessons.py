"""What teams have learned, week by week."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Role, Team, User
from followups import digests
from followups.digests import Week
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
    """Return the lessons of a week, ``back`` weeks ago, of each team that is this person's.

    Costs one query for the teams, and one for each week that they are in: teams of other
    time zones may be a day ahead.
    """
    weeks: defaultdict[Week, list[Team]] = defaultdict(list)
    for team in _teams(user).select_related("calendar"):
        weeks[digests.week_of(team, now).before(back)].append(team)
    found = []
    for this, teams in weeks.items():
        cases: defaultdict[int | None, list[Case]] = defaultdict(list)
        for case in digests.lessons(teams, this):
            cases[case.team_id].append(case)
        found += [TeamWeek(team, this, cases[team.pk]) for team in teams if cases[team.pk]]
    return sorted(found, key=lambda one: (one.team.name, one.team.pk))


def _teams(user: User) -> QuerySet[Team]:
    if user.role in OVERSEERS:
        return Team.objects.all()
    mine = Q(members=user) | Q(supervisor=user) | Q(manager=user) | Q(duty_officer=user)
    return Team.objects.filter(mine).distinct()
