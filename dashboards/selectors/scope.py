"""Which cases, teams and people a person's pages are about."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from accounts.models import Role, Team, User
from accounts.selectors import stood_in_for
from objections.models import Case, Deadline, Escalation, HandOver
from objections.permissions import visible, visible_to

OVERSEERS = {Role.ANALYST, Role.ADMINISTRATOR, Role.AUDITOR}
"""Those who read across all teams."""


def teams_of(user: User) -> QuerySet[Team]:
    """Return the teams that a person belongs to or stands above, themselves or for others."""
    member = Q(pk__in=user.teams.values("pk"))
    on_duty = Q(pk__in=user.duty_shifts.values("team"))
    absent = stood_in_for(user).values("pk")
    instead = Q(supervisor__in=absent) | Q(manager__in=absent) | Q(duty_officer__in=absent)
    return Team.objects.filter(
        member | Q(supervisor=user) | Q(manager=user) | Q(duty_officer=user) | on_duty | instead
    )


def teams_below(user: User) -> frozenset[int]:
    """Return the teams that a person stands above, and whose work they move."""
    above = Q(supervisor=user) | Q(manager=user) | Q(duty_officer=user)
    return frozenset(Team.objects.filter(above).values_list("pk", flat=True))


def colleagues(user: User) -> QuerySet[User]:
    """Return who can be given a case of these teams, by name."""
    return (
        User.objects.filter(is_active=True, teams__in=teams_of(user))
        .distinct()
        .order_by("display_name", "username")
    )


def open_cases(user: User) -> QuerySet[Case]:
    """Return the open cases that exist for this person."""
    return visible_to(user).filter(closed_at=None)


def needs(user: User) -> Q:
    """Return the condition of the cases that wait for this person: theirs, or asked of them."""
    return Q(handler=user) | Q(pk__in=asked_of(user))


def asked_of(user: User) -> QuerySet[HandOver, int]:
    """Return the cases with a question that waits for this person's answer."""
    asked = HandOver.objects.filter(to_user=user, answered_at=None, voided_at=None)
    return asked.values_list("case", flat=True)


def standing_still(cases: Collection[int]) -> set[int]:
    """Return which of these cases wait for somebody else: paused, or asked on."""
    paused = Deadline.objects.running().filter(
        case__in=cases, paused_at__isnull=False, is_historical=False
    )
    asked = HandOver.objects.filter(case__in=cases, answered_at=None, voided_at=None)
    return {*paused.values_list("case", flat=True), *asked.values_list("case", flat=True)}


def on_board(user: User) -> QuerySet[Team]:
    """Return the teams of a person's board; all of them, for those who oversee all."""
    return Team.objects.all() if user.role in OVERSEERS else teams_of(user)


def escalations(user: User) -> QuerySet[Escalation]:
    """Return the open escalations on this person's board.

    The teams are read beforehand: as part of the condition they make the planner read
    every case for a few hundred escalations.
    """
    mine = Q(case__team__in=list(on_board(user).values_list("pk", flat=True)))
    if user.role in {Role.SUPERVISOR, Role.MANAGER} or user.role in OVERSEERS:
        mine |= Q(case__team=None)
    return Escalation.objects.filter(mine, visible(user, of="case__"), closed_at=None)
