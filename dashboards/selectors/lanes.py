"""Who can carry what: the next hours of each person, laid end to end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Team, User
from accounts.presence import Presence
from dashboards.estimates import HANDLING
from objections.models import Case, Deadline
from objections.vocabulary import Promise

WINDOW = timedelta(hours=4)
LIGHT = ("due_at", "promise", "case__reference", "case__handler", "case__team")
EDGE = 5
"""Per cent of the lane at each end that has no room for the name of an hour."""
GAP = 0.5
"""Per cent of the lane that stays free between two pieces of work, to tell them apart."""


@dataclass(frozen=True, slots=True)
class Work:
    """One promise on a lane: when it would be worked on if everything goes by due time."""

    deadline: Deadline
    case: Case
    due_at: datetime
    begins: datetime
    ends: datetime
    now: datetime

    @property
    def too_late(self) -> bool:
        """True where it could still be kept, but would end after it is due."""
        return self.now <= self.due_at < self.ends

    @property
    def over_by(self) -> timedelta:
        return self.ends - self.due_at


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of a lane, in per cent of its width, ready for the drawing."""

    kind: str
    x: str
    width: str


@dataclass(slots=True)
class Lane:
    """A person's next four hours. ``room`` is what is left of them after all their work."""

    person: User
    now: datetime
    open_count: int = 0
    work: list[Work] = field(default_factory=list)
    teams: frozenset[int] = frozenset()
    helper: User | None = None
    away_since: datetime | None = None

    @property
    def away(self) -> bool:
        return self.away_since is not None

    @property
    def ends(self) -> datetime:
        return self.now + WINDOW

    @property
    def planned(self) -> timedelta:
        return self.work[-1].ends - self.now if self.work else timedelta(0)

    @property
    def room(self) -> timedelta:
        return timedelta(0) if self.away else max(WINDOW - self.planned, timedelta(0))

    @property
    def misses(self) -> list[Work]:
        """What cannot be met: all that is due, for somebody who is away."""
        if self.away:
            return [one for one in self.work if one.due_at >= self.now]
        return [one for one in self.work if one.too_late]

    @property
    def boxes(self) -> list[Box]:
        if self.away:
            return [Box("away", "0.00%", "100.00%")]
        drawn = []
        for one in self.work:
            left, right = self._at(one.begins), self._at(one.ends)
            if left < 100:
                kind = "over" if one.too_late else "work"
                drawn.append(Box(kind, f"{left:.2f}%", f"{max(right - left - GAP, 0.5):.2f}%"))
        return drawn

    @property
    def dues(self) -> list[str]:
        ahead = (one.due_at for one in self.work if one.due_at >= self.now)
        return [f"{self._at(due):.2f}%" for due in ahead]

    def _at(self, moment: datetime) -> float:
        return min(100 * ((moment - self.now) / WINDOW), 100.0)


@dataclass(frozen=True, slots=True)
class Hour:
    """A full hour on the axis above the lanes."""

    x: str
    at: datetime


def hours(now: datetime) -> list[Hour]:
    """Return the full hours of the next four, in the active time zone."""
    local = timezone.localtime(now)
    first = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    marks = (first + timedelta(hours=count) for count in range(4))
    places = ((100 * ((at - local) / WINDOW), at) for at in marks)
    return [Hour(f"{x:.2f}%", at) for x, at in places if EDGE <= x <= 100 - EDGE]


def lanes(
    teams: QuerySet[Team], visible: QuerySet[Case], *, movable: frozenset[int], now: datetime
) -> list[Lane]:
    """Return a lane for each member of these teams: first who cannot meet everything.

    Work is laid by due time, the late first, each piece as long as ``estimates`` says.
    Done in that order it all ends in time if that is possible in any order. Only cases
    that exist for the viewer are laid, so that a restricted one stays unknown. ``movable``
    are the teams whose work the viewer may move to somebody else.
    """
    people = list(
        User.objects.filter(is_active=True, teams__in=teams).prefetch_related("teams").distinct()
    )
    theirs = _due_soon(people, visible, now)
    counts = dict(
        visible.filter(handler__in=people, closed_at=None)
        .order_by()
        .values_list("handler")
        .annotate(Count("pk"))
    )
    presence = Presence(now)
    found = [
        Lane(
            person=person,
            now=now,
            open_count=counts.get(person.pk, 0),
            work=_end_to_end(theirs[person.pk], now),
            teams=frozenset(team.pk for team in person.teams.all()),
            away_since=presence.away_since(person),
        )
        for person in people
    ]
    for lane in found:
        if lane.misses and lane.misses[0].case.team_id in movable:
            lane.helper = most_room(found, lane.misses[0], besides=lane.person)
    return sorted(found, key=lambda lane: (not lane.misses, lane.away, lane.room, str(lane.person)))


def _due_soon(
    people: Sequence[User], visible: QuerySet[Case], now: datetime
) -> defaultdict[int, list[Deadline]]:
    """Return by person what is late or falls due within the window, in order of due time."""
    rows = (
        Deadline.objects.running()
        .filter(
            is_historical=False,
            due_at__lt=now + WINDOW,
            case__handler__in=people,
            case__in=visible,
        )
        .select_related("case")
        .only(*LIGHT)
        .order_by("due_at", "pk")
    )
    by_person: defaultdict[int, list[Deadline]] = defaultdict(list)
    for row in rows:
        if row.case.handler_id is not None:
            by_person[row.case.handler_id].append(row)
    return by_person


def _end_to_end(deadlines: Iterable[Deadline], now: datetime) -> list[Work]:
    laid, free_at = [], now
    for deadline in deadlines:
        if deadline.due_at is None:
            continue
        ends = free_at + HANDLING[Promise(deadline.promise)]
        laid.append(Work(deadline, deadline.case, deadline.due_at, free_at, ends, now))
        free_at = ends
    return laid


def most_room(found: Iterable[Lane], work: Work | Deadline, *, besides: User | None) -> User | None:
    """Return who of the case's team has the most room, and enough of it; None if nobody has."""
    deadline = work.deadline if isinstance(work, Work) else work
    needed = HANDLING[Promise(deadline.promise)]
    able = [
        lane
        for lane in found
        if lane.person != besides
        and deadline.case.team_id in lane.teams
        and not lane.away
        and not lane.misses
        and lane.room >= needed
    ]
    best = max(able, key=lambda lane: (lane.room, -lane.open_count), default=None)
    return best.person if best else None
