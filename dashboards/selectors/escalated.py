"""The open escalations as the board tells them: whose they are, who was told, who is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from accounts.presence import Presence
from dashboards.selectors import queues
from objections import audience
from objections.clockface import Clock, face
from objections.models import Case, Deadline, Escalation, EscalationEntry, Notice
from objections.permissions import may_open, stands_above, told_by
from objections.vocabulary import NoticeChannel

SOON = timedelta(minutes=30)
"""From here on the next level stands out."""

AHEAD = timedelta(days=7)
"""How far the board knows beforehand who will be there."""

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
    away: frozenset[int]

    @property
    def nobody(self) -> bool:
        """True where nobody was there to be told of the level that it stands at."""
        levels = list(self.escalation.entries.all())
        return not levels or not levels[-1].told


def worst_first(rows: QuerySet[Escalation], most: int) -> list[Escalation]:
    """Return the worst of these: by level, then by how long they are late."""
    steps = EscalationEntry.objects.order_by("occurred_at", "pk")
    return list(
        rows.select_related(
            "deadline", "taken_by", "case__customer", "case__product", "case__handler",
            *(f"case__team__{place}" for place in TEAM),
        )
        .prefetch_related(Prefetch("entries", queryset=steps), "case__team__members")
        .order_by("-level", "deadline__due_at", "opened_at", "pk")[:most]
    )  # fmt: skip


def told_of(escalations: Sequence[Escalation], user: User, now: datetime) -> list[Entry]:
    """Return all that the board says of these escalations, in a fixed number of queries."""
    told, clocks = _told(escalations), _clocks(escalations)
    acts = may_open(user)
    called = told_by(user, [one.pk for one in escalations]) if acts else set()
    presence = Presence(now, until=now + AHEAD)
    return [
        Entry(
            escalation=one,
            clock=face(clocks[one.pk], now=now) if one.pk in clocks else None,
            told=told[one.pk],
            climb=_climb(one, presence, now),
            may_take=acts and (one.pk in called or stands_above(user, one.case)),
            colleagues=(others := _colleagues(one, presence)),
            away=frozenset(person.pk for person in others if not presence.is_here(person)),
        )
        for one in escalations
    ]


def _clocks(escalations: Sequence[Escalation]) -> dict[int, Deadline]:
    """Return the clock that each escalation is about; without one, the case's earliest."""
    found = {one.pk: one.deadline for one in escalations if one.deadline is not None}
    others = [one for one in escalations if one.deadline is None]
    if others:
        cases = Case.objects.filter(pk__in={one.case_id for one in others})
        earliest = {row.case_id: row for row in queues.leading(cases)}
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
        if notice.escalation_id and notice.user_id and notice.seen_at is not None:
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


def _climb(escalation: Escalation, presence: Presence, now: datetime) -> Climb | None:
    """Return the next level of an escalation that nobody has taken; for one taken, its lapse."""
    deadline = escalation.deadline
    rung = deadline.next_rung if deadline is not None else None
    if escalation.taken_at is not None or deadline is None or rung is None:
        return None
    at = deadline.moment_of(deadline.rung)
    if at is None or not deadline.is_running:
        return None
    heard = audience.reached(escalation.case, rung, rung["level"], presence.at(max(at, now)))
    return Climb(tuple(audience.people(heard)), at, max(at - now, timedelta(0)))


def _colleagues(escalation: Escalation, presence: Presence) -> tuple[User, ...]:
    """Return who else of the team could have the case, the present first."""
    team = escalation.case.team
    if team is None:
        return ()
    others = [
        one for one in team.members.all() if one.is_active and one.pk != escalation.case.handler_id
    ]
    return tuple(sorted(others, key=lambda one: (not presence.is_here(one), str(one))))
