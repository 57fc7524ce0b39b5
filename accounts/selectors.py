from __future__ import annotations

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import Absence, Role, User

DEMO_ADDRESSES = "@casetrack.example"
"""The demo's people, and nobody else: no real address ends like this."""


def stood_in_for(user: User) -> QuerySet[User]:
    """Return the people whose stand-in this person is, always or for some absence."""
    return User.objects.filter(
        Q(stand_in=user) | Q(pk__in=Absence.objects.filter(stand_in=user).values("user"))
    )


def demo_people() -> QuerySet[User]:
    """Return the people of the demo who can sign in, engineers first, with their teams."""
    order = [When(role=role, then=Value(place)) for place, role in enumerate(Role.values)]
    return (
        User.objects.filter(is_active=True, email__endswith=DEMO_ADDRESSES)
        .annotate(place=Case(*order, default=Value(99), output_field=IntegerField()))
        .order_by("place", "pk")
        .prefetch_related("teams")
    )
