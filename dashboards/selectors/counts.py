"""The numbers beside the names of the pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, IntegerField, Model, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from dashboards.selectors import scope
from objections import notices


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases, untaken escalations and unseen notices wait for a person."""

    desk: int = 0
    board: int = 0
    notices: int = 0


def waiting_for(user: User | AnonymousUser) -> Waiting:
    """Count in one query what waits for this person; nothing for who is not signed in."""
    if not isinstance(user, User):
        return Waiting()
    desk = scope.open_cases(user).filter(scope.needs(user))
    board = scope.escalations(user).filter(taken_at=None)
    counted = (
        User.objects.filter(pk=user.pk)
        .annotate(
            desk_count=_count(desk),
            board_count=_count(board),
            notice_count=_count(notices.unseen(user)),
        )
        .values_list("desk_count", "board_count", "notice_count")
        .first()
    )
    return Waiting(*counted) if counted else Waiting()


def _count(rows: QuerySet[Model]) -> Coalesce:
    """Count rows inside another query."""
    grouped = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk"))
    return Coalesce(Subquery(grouped.values("n"), output_field=IntegerField()), 0)
