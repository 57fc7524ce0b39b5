"""Which rehearsals somebody sees."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Team, User
from practice.models import Rehearsal

RECENT = 20


def mine(user: User) -> QuerySet[Rehearsal]:
    return Rehearsal.objects.filter(user=user).select_related("user", "team")


def shared(user: User) -> QuerySet[Rehearsal]:
    """Return what others of one's teams have shared after it ended."""
    above = Q(supervisor=user) | Q(manager=user) | Q(duty_officer=user)
    teams = Team.objects.filter(above | Q(members=user)).values("pk")
    ended = Rehearsal.objects.filter(shared_at__isnull=False, ended_at__isnull=False)
    return ended.filter(team__in=teams).exclude(user=user).select_related("user", "team")


def visible(user: User) -> QuerySet[Rehearsal]:
    """Return the rehearsals that exist for somebody: their own, and what their team shared."""
    theirs = Q(user=user) | Q(pk__in=shared(user).values("pk"))
    return Rehearsal.objects.filter(theirs).select_related("user", "team")
