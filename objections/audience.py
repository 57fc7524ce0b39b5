"""Who is told: the people behind each level of a ladder."""

from __future__ import annotations

from accounts.models import Team, User
from objections.models import Case

SUPERVISOR, MANAGER, DUTY_OFFICER = 1, 2, 3
HIGHEST_LEVEL = DUTY_OFFICER


def handlers(case: Case, present: dict[int, list[User]] | None = None) -> list[User]:
    """Return the handler, or the members of the team who are present where there is none.

    ``present`` caches the members by team over a batch.
    """
    if case.handler is not None and case.handler.is_active:
        return [case.handler]
    if case.team is None:
        return []
    cache = present if present is not None else {}
    if case.team.pk not in cache:
        cache[case.team.pk] = list(
            case.team.members.filter(is_active=True, away_since=None).order_by("pk")
        )
    return cache[case.team.pk]


def above(case: Case, level: int) -> list[User]:
    """Return who a level stands for: 1 supervisor, 2 manager, 3 duty officer.

    A place that is empty goes up, and from the top back down; nobody at all gives an
    empty list, which the board shows.
    """
    team = case.team
    if team is None:
        return []
    for person in _order(team, level):
        if person is not None and person.is_active:
            return [person]
    return []


def _order(team: Team, level: int) -> list[User | None]:
    if level <= SUPERVISOR:
        return [team.supervisor, team.manager, team.duty_officer]
    if level == MANAGER:
        return [team.manager, team.duty_officer, team.supervisor]
    return [team.duty_officer, team.manager, team.supervisor]
