"""Who is here at a moment, who stands in for whom, and who is on duty."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from accounts.models import Absence, DutyShift, Team, User


@dataclass(frozen=True, slots=True)
class Away:
    """A time for which somebody is away. ``stand_in`` is a person's key; ``ends`` is excluded."""

    begins: datetime
    ends: datetime | None
    stand_in: int | None

    def covers(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass
class Roster:
    """The absences, shifts and stand-ins from one moment to another, each read once."""

    since: datetime
    until: datetime
    people: dict[int, User | None] = field(default_factory=dict)
    members: dict[int, list[User]] = field(default_factory=dict)

    @cached_property
    def away(self) -> dict[int, list[Away]]:
        found: defaultdict[int, list[Away]] = defaultdict(list)
        gone = User.objects.filter(away_since__lte=self.until)
        for pk, since in gone.values_list("pk", "away_since"):
            if since is not None:
                found[pk].append(Away(since, None, None))
        lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=self.since)
        absences = Absence.objects.filter(lasting, begins_at__lte=self.until)
        for row in absences.select_related("stand_in"):
            found[row.user_id].append(Away(row.begins_at, row.ends_at, row.stand_in_id))
            if row.stand_in is not None:
                self.people[row.stand_in.pk] = row.stand_in
        if found:
            always = User.objects.filter(pk__in=found).exclude(stand_in=None).values("stand_in")
            self.people |= User.objects.filter(pk__in=always).in_bulk()
        return dict(found)

    @cached_property
    def shifts(self) -> dict[int, list[DutyShift]]:
        found: defaultdict[int, list[DutyShift]] = defaultdict(list)
        rows = DutyShift.objects.filter(begins_at__lte=self.until, ends_at__gt=self.since)
        for row in rows.select_related("user").order_by("begins_at", "pk"):
            found[row.team_id].append(row)
        return dict(found)


class Presence:
    """Answers who is there at ``moment``.

    Whatever it is asked, of however many people, absences, shifts and stand-ins are read
    in a fixed number of queries, and none before they are needed. ``until`` is how far
    ``at`` can look ahead; the moment itself where it is left out.
    """

    def __init__(
        self, moment: datetime, *, until: datetime | None = None, roster: Roster | None = None
    ) -> None:
        self.moment = moment
        self._roster = roster or Roster(moment, max(until or moment, moment))

    def at(self, moment: datetime) -> Presence:
        """Return the same for another moment, between this one and ``until``."""
        return Presence(moment, roster=self._roster)

    def away_since(self, person: User) -> datetime | None:
        """Return since when a person is away; None where they are here."""
        return min((one.begins for one in self._covering(person.pk)), default=None)

    def is_here(self, person: User) -> bool:
        """True for somebody who works here and is not away."""
        return person.is_active and not self._covering(person.pk)

    def instead_of(self, person: User) -> User | None:
        """Return who hears what is meant for a person: they, or while away their stand-in.

        A stand-in who is away, too, or has left, is passed over for their own. None
        where nobody is there, and for somebody who has left.
        """
        if not person.is_active:
            return None
        here: User | None = person
        asked: set[int] = set()
        while here is not None and not self.is_here(here):
            asked.add(here.pk)
            following = self._stand_in(here)
            here = self.person(following) if following and following not in asked else None
        return here

    def officers(self, team: Team) -> list[User]:
        """Return whom a team's top level is for: who is on duty, then its standing officer."""
        shifts = [
            shift.user
            for shift in self._roster.shifts.get(team.pk, ())
            if shift.begins_at <= self.moment < shift.ends_at
        ]
        return [*shifts, *([team.duty_officer] if team.duty_officer else [])]

    def members(self, team: Team) -> list[User]:
        """Return the members of a team who are here."""
        known = self._roster.members
        if team.pk not in known:
            known[team.pk] = list(team.members.filter(is_active=True).order_by("pk"))
        return [person for person in known[team.pk] if self.is_here(person)]

    def person(self, pk: int) -> User | None:
        """Return a person by their key, read once."""
        known = self._roster.people
        if pk not in known:
            known[pk] = User.objects.filter(pk=pk).first()
        return known[pk]

    def _stand_in(self, person: User) -> int | None:
        """Return who stands in: for this time, by the absence begun last, or always."""
        given = [one for one in self._covering(person.pk) if one.stand_in]
        return max(given, key=lambda one: one.begins).stand_in if given else person.stand_in_id

    def _covering(self, pk: int) -> list[Away]:
        return [one for one in self._roster.away.get(pk, ()) if one.covers(self.moment)]
