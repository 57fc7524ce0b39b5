"""The escalation board: what nobody has taken, what is at risk, who can carry it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch

from accounts.models import User
from dashboards.selectors import rows, scope
from dashboards.selectors.lanes import Lane, lanes, most_room
from objections import audience
from objections.clockface import Clock, face
from objections.models import Case, Deadline, Escalation, EscalationEntry, Notice
from objections.permissions import TAKE_ESCALATION, may, visible_to
from objections.vocabulary import NoticeChannel

RISK = timedelta(hours=1)
SOON = timedelta(minutes=30)
"""From here on the next level stands out."""

TEAM = ("supervisor", "manager", "duty_officer")


@dataclass(frozen=True, slots=True)
class Told:
    """Who was told of an escalation, when, and when they looked at it."""

    person: User | None
    at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Climb:
    """The next level: who it reaches, and in how long."""

    people: tuple[User, ...]
    at: datetime
    length: timedelta

    @property
    def soon(self) -> bool:
        return self.length <= SOON


@dataclass(frozen=True, slots=True)
class Entry:
    """One open escalation as the board tells it."""

    escalation: Escalation
    clock: Clock | None
    told: tuple[Told, ...]
    climb: Climb | None
    may_take: bool
    colleagues: tuple[User, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """A promise that falls due within the hour. ``before`` counts what its handler has first."""

    deadline: Deadline
    clock: Clock
    before: int
    move_to: User | None


@dataclass(frozen=True, slots=True)
class Board:
    now: datetime
    untaken: tuple[Entry, ...]
    taken: tuple[Entry, ...]
    risks: tuple[Risk, ...]
    lanes: tuple[Lane, ...]

    @property
    def risk_until(self) -> datetime:
        return self.now + RISK

    @property
    def overloaded(self) -> int:
        return sum(1 for lane in self.lanes if lane.misses)


def show(user: User, *, now: datetime) -> Board:
    """Return this person's board as it stands at ``now``: their teams, and no other."""
    entries = _entries(user, now)
    above = scope.teams_below(user)
    found = lanes(scope.teams_of(user), visible_to(user), movable=above, now=now)
    return Board(
        now=now,
        untaken=tuple(entry for entry in entries if entry.escalation.taken_at is None),
        taken=tuple(entry for entry in entries if entry.escalation.taken_at is not None),
        risks=tuple(_risks(user, found, above, now)),
        lanes=tuple(found),
    )


def _entries(user: User, now: datetime) -> list[Entry]:
    """Return the open escalations, the worst first: by level, then by how late."""
    steps = EscalationEntry.objects.order_by("occurred_at", "pk")
    escalations = list(
        scope.escalations(user)
        .select_related(
            "deadline", "taken_by", "case__customer", "case__product", "case__handler",
            *(f"case__team__{place}" for place in TEAM),
        )
        .prefetch_related(Prefetch("entries", queryset=steps), "case__team__members")
    )  # fmt: skip
    told = _told(escalations)
    clocks = _clocks(escalations)
    entries = [
        Entry(
            escalation=one,
            clock=face(clocks[one.pk], now=now) if one.pk in clocks else None,
            told=told[one.pk],
            climb=_climb(one, now),
            may_take=may(user, TAKE_ESCALATION, one.case),
            colleagues=_colleagues(one),
        )
        for one in escalations
    ]
    far = now + timedelta(days=3650)
    return sorted(
        entries,
        key=lambda entry: (
            -entry.escalation.level,
            (entry.clock.due_at if entry.clock else None) or far,
            entry.escalation.pk,
        ),
    )


def _clocks(escalations: Sequence[Escalation]) -> dict[int, Deadline]:
    """Return the clock that each escalation is about; without one, the case's earliest."""
    found = {one.pk: one.deadline for one in escalations if one.deadline is not None}
    others = [one for one in escalations if one.deadline is None]
    if others:
        cases = Case.objects.filter(pk__in={one.case_id for one in others})
        earliest = {row.case_id: row for row in rows.leading(cases)}
        found |= {one.pk: earliest[one.case_id] for one in others if one.case_id in earliest}
    return found


def _told(escalations: Sequence[Escalation]) -> dict[int, tuple[Told, ...]]:
    """Return who was told of each escalation, once a person, in the order of levels."""
    ids = [one.pk for one in escalations]
    seen: dict[tuple[int, int], datetime] = {}
    looked = Notice.objects.filter(
        escalation__in=ids, channel=NoticeChannel.IN_APP, seen_at__isnull=False
    ).order_by("-seen_at")
    for notice in looked:
        if notice.escalation_id is not None and notice.seen_at is not None:
            seen[notice.escalation_id, notice.user_id] = notice.seen_at
    entries = {one.pk: list(one.entries.all()) for one in escalations}
    wanted = {pk for rungs in entries.values() for rung in rungs for pk in rung.told}
    people = User.objects.in_bulk(wanted)
    return {
        pk: tuple(
            Told(people.get(person), at, seen.get((pk, person)))
            for person, at in _first_told(rungs).items()
        )
        for pk, rungs in entries.items()
    }


def _first_told(rungs: Iterable[EscalationEntry]) -> dict[int, datetime]:
    first: dict[int, datetime] = {}
    for rung in rungs:
        for person in rung.told:
            first.setdefault(person, rung.occurred_at)
    return first


def _climb(escalation: Escalation, now: datetime) -> Climb | None:
    """Return the next level of an escalation that nobody has taken; for one taken, its lapse."""
    deadline = escalation.deadline
    if escalation.taken_at is not None or deadline is None or deadline.next_rung is None:
        return None
    at = deadline.moment_of(deadline.rung)
    if at is None or not deadline.is_running:
        return None
    people = tuple(audience.above(escalation.case, deadline.next_rung["level"]))
    return Climb(people, at, max(at - now, timedelta(0)))


def _colleagues(escalation: Escalation) -> tuple[User, ...]:
    """Return who else of the team could have the case, the present first."""
    team = escalation.case.team
    if team is None:
        return ()
    others = [
        one for one in team.members.all() if one.is_active and one.pk != escalation.case.handler_id
    ]
    return tuple(sorted(others, key=lambda one: (one.away_since is not None, str(one))))


def _risks(user: User, found: Sequence[Lane], movable: frozenset[int], now: datetime) -> list[Risk]:
    """Return the promises that fall due within the hour, the next first."""
    deadlines = (
        Deadline.objects.running()
        .filter(
            is_historical=False,
            due_at__gte=now,
            due_at__lte=now + RISK,
            case__in=scope.open_cases(user).filter(team__in=scope.teams_of(user)),
        )
        .select_related("case__customer", "case__handler", "case__team")
        .order_by("due_at", "pk")
    )
    ahead: defaultdict[int, list[int]] = defaultdict(list)
    for lane in found:
        ahead[lane.person.pk] = [work.deadline.pk for work in lane.work]
    risks = []
    for deadline in deadlines:
        handler = deadline.case.handler
        queue = ahead[handler.pk] if handler else []
        before = queue.index(deadline.pk) if deadline.pk in queue else 0
        stuck = handler is None or handler.away_since is not None or before > 0
        may_help = stuck and deadline.case.team_id in movable
        helper = most_room(found, deadline, besides=handler) if may_help else None
        risks.append(Risk(deadline, face(deadline, now=now), before, helper))
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
    head = (len(board.untaken), len(board.risks), board.overloaded)
    return {
        "board_head": (minute, head),
        "board_take": (minute, taking),
        "board_risk": (minute, risk),
        "board_load": (minute, load),
    }
