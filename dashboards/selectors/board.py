"""The escalation board: what nobody has taken, what is at risk, who can carry it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.presence import Presence
from dashboards.selectors import scope
from dashboards.selectors.escalated import Entry, told_of, worst_first
from dashboards.selectors.lanes import Lane, lanes, most_room
from objections.clockface import Clock, face
from objections.models import Deadline
from objections.permissions import visible_to

RISK = timedelta(hours=1)
SHOWN = 15
"""How many of each list stand on the page before somebody asks for more."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A promise that falls due within the hour. ``before`` counts what its handler has first."""

    deadline: Deadline
    clock: Clock
    before: int
    handler_away: bool
    move_to: User | None


@dataclass(frozen=True, slots=True)
class Board:
    """A person's board. The lists are cut to their worst; the counts are of all."""

    now: datetime
    untaken: tuple[Entry, ...]
    taken: tuple[Entry, ...]
    risks: tuple[Risk, ...]
    lanes: tuple[Lane, ...]
    untaken_count: int
    taken_count: int
    risk_count: int
    overloaded: int

    @property
    def risk_until(self) -> datetime:
        return self.now + RISK

    @property
    def is_cut(self) -> bool:
        shown = (len(self.untaken), len(self.taken), len(self.risks))
        return shown != (self.untaken_count, self.taken_count, self.risk_count)


def show(user: User, *, now: datetime, shown: int = SHOWN) -> Board:
    """Return this person's board as it stands at ``now``: their teams, and no other."""
    rows = scope.escalations(user)
    counted = rows.order_by().aggregate(
        untaken=Count("pk", filter=Q(taken_at=None)), taken=Count("taken_at")
    )
    untaken, taken = rows.filter(taken_at=None), rows.filter(taken_at__isnull=False)
    first = worst_first(untaken, shown) if counted["untaken"] else []
    others = worst_first(taken, shown) if counted["taken"] else []
    entries = told_of([*first, *others], user, now)
    below = scope.teams_below(user)
    found = lanes(scope.on_board(user), visible_to(user), movable=below, now=now)
    at_risk = _at_risk(user, now)
    return Board(
        now=now,
        untaken=tuple(entries[: len(first)]),
        taken=tuple(entries[len(first) :]),
        risks=tuple(_risks(at_risk[:shown], found, below, now)),
        lanes=tuple(found[:shown]),
        untaken_count=counted["untaken"],
        taken_count=counted["taken"],
        risk_count=at_risk.count(),
        overloaded=sum(1 for lane in found if lane.misses),
    )


def _at_risk(user: User, now: datetime) -> QuerySet[Deadline]:
    """Return the promises that fall due within the hour, the next first."""
    return (
        Deadline.objects.running()
        .filter(
            is_historical=False,
            due_at__gte=now,
            due_at__lte=now + RISK,
            case__in=scope.open_cases(user).filter(team__in=scope.on_board(user)),
        )
        .select_related("case__customer", "case__handler", "case__team")
        .order_by("due_at", "pk")
    )


def _risks(
    deadlines: QuerySet[Deadline], found: Sequence[Lane], movable: frozenset[int], now: datetime
) -> list[Risk]:
    ahead: defaultdict[int, list[int]] = defaultdict(list)
    for lane in found:
        ahead[lane.person.pk] = [work.deadline.pk for work in lane.work]
    presence, risks = Presence(now), []
    for deadline in deadlines:
        handler = deadline.case.handler
        queue = ahead[handler.pk] if handler else []
        before = queue.index(deadline.pk) if deadline.pk in queue else 0
        away = handler is not None and not presence.is_here(handler)
        stuck = handler is None or away or before > 0
        may_help = stuck and deadline.case.team_id in movable
        helper = most_room(found, deadline, besides=handler) if may_help else None
        risks.append(Risk(deadline, face(deadline, now=now), before, away, helper))
    return risks


def facts(board: Board) -> dict[str, tuple[object, ...]]:
    """Return by part of the page what it says, so that only what has changed is drawn anew."""
    minute = board.now.replace(second=0, microsecond=0)
    taking = tuple(
        (
            one.escalation.pk, one.escalation.level, one.escalation.taken_at, one.told,
            one.escalation.case.updated_at, one.escalation.case.version,
        )
        for one in (*board.untaken, *board.taken)
    )  # fmt: skip
    risk = tuple(
        (one.deadline.pk, one.clock.state, one.before, one.move_to, one.deadline.case.version)
        for one in board.risks
    )
    load = tuple(
        (lane.person.pk, lane.away, lane.open_count, lane.helper, lane.planned)
        for lane in board.lanes
    )
    head = (board.untaken_count, board.taken_count, board.risk_count, board.overloaded)
    return {
        "board_head": (minute, head),
        "board_take": (minute, taking, head),
        "board_risk": (minute, risk, head),
        "board_load": (minute, load),
    }
