"""Who is told: the people behind each level of a ladder."""

from __future__ import annotations

from accounts.models import Team, User
from objections.models import Case

SUPERVISOR, MANAGER, DUTY_OFFICER = 1, 2, 3
HIGHEST_LEVEL = DUTY_OFFICER


def handlers(case: Case, present: dict[int, list[User]] | None = None) -> list[User]:
    """Return the handler, or the members of the team who are present where there is none.

    A restricted case without a handler is not spread among the team: the people named on
    it hear of it, else the supervisor. ``present`` caches the members by team over a batch.
    """
    if case.handler is not None and case.handler.is_active:
        return [case.handler]
    if case.is_restricted:
        return list(case.named_people.filter(is_active=True).order_by("pk")) or above(
            case, SUPERVISOR
        )
    if case.team is None:
        return []
    cache = present if present is not None else {}
    if case.team.pk not in cache:
        cache[case.team.pk] = list(
            case.team.members.filter(is_active=True, away_since=None).order_by("pk")
        )
    return cache[case.team.pk]


def announced(case: Case) -> list[User]:
    """Return who hears at once of a case that nobody has.

    Of a key account's also our person whom they call in an emergency.
    """
    people = handlers(case)
    customer = case.customer
    person = customer.emergency_contact if customer and customer.is_key_account else None
    if person is not None and person.is_active and not case.is_restricted:
        people = [*people, person]
    return people


def warned(case: Case, level: int, present: dict[int, list[User]] | None = None) -> list[User]:
    """Return who a warning is for: the handlers, and for a key account's last one who is above."""
    return [*handlers(case, present), *(above(case, level) if level else [])]


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
