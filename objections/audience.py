"""Who is told: the people behind each level of a ladder, as they are there at a moment.

Whoever is absent is heard for by their stand-in. ``presence`` is who is there at the
moment that counts; a batch shares one, so that it reads who is away only once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from accounts.models import User
from accounts.presence import Presence
from objections.deadlines.terms import WARNING
from objections.models import Case, Deadline, LadderRung

SUPERVISOR, MANAGER, DUTY_OFFICER = 1, 2, 3
HIGHEST_LEVEL = DUTY_OFFICER


@dataclass(frozen=True, slots=True)
class Hearer:
    """Somebody who is told; ``in_place_of`` is who is absent, where they stand in."""

    person: User
    in_place_of: User | None = None


def people(heard: Iterable[Hearer]) -> list[User]:
    """Return the people alone, each once, in their order."""
    return list({one.person.pk: one.person for one in heard}.values())


def keys(heard: Iterable[Hearer]) -> tuple[list[int], list[int]]:
    """Return who is told, and beside each the absent person for whom, 0 for themselves.

    The second is empty where nobody stands in.
    """
    once = {one.person.pk: one for one in reversed(list(heard))}
    told = list(reversed(once))
    instead = [absent.pk if (absent := once[pk].in_place_of) else 0 for pk in told]
    return told, instead if any(instead) else []


def handlers(case: Case, presence: Presence) -> list[Hearer]:
    """Return the handler, or the members of the team who are present where there is none.

    An absent handler's stand-in hears instead. A restricted case without anybody is not
    spread among the team: the people named on it hear of it. Nobody there: the
    supervisor, and up from there.
    """
    if case.handler is not None and (found := _instead(case.handler, presence)):
        return [found]
    if case.is_restricted:
        named = case.named_people.filter(is_active=True).order_by("pk")
        there = [Hearer(person) for person in named if presence.is_here(person)]
    else:
        there = [Hearer(one) for one in presence.members(case.team)] if case.team else []
    return there or above(case, SUPERVISOR, presence)


def announced(case: Case, presence: Presence) -> list[Hearer]:
    """Return who hears at once of a case that nobody has.

    Of a key account's also our person whom they call in an emergency.
    """
    heard = handlers(case, presence)
    customer = case.customer
    person = customer.emergency_contact if customer and customer.is_key_account else None
    if person is not None and not case.is_restricted:
        heard = [*heard, *_each([person], presence)]
    return heard


def warned(case: Case, rung: LadderRung, presence: Presence) -> list[Hearer]:
    """Return who a warning is for: the handlers, and whom the rung names or stands for."""
    level = rung["level"]
    higher = above(case, level, presence) if level else []
    return [*handlers(case, presence), *higher, *named(rung, presence)]


def reached(case: Case, rung: LadderRung, level: int, presence: Presence) -> list[Hearer]:
    """Return who a rung from the due moment on reaches: the level, and whom it names."""
    return [*above(case, level, presence), *named(rung, presence)]


def of_level(case: Case, level: int, deadline: Deadline | None, presence: Presence) -> list[Hearer]:
    """Return who a level that was reached stands for: as ``reached``, by its last such rung."""
    rang: Sequence[LadderRung] = deadline.ladder[: deadline.rung] if deadline else ()
    own = [rung for rung in rang if rung["kind"] != WARNING and rung["level"] == level]
    return reached(case, own[-1], level, presence) if own else above(case, level, presence)


def named(rung: LadderRung, presence: Presence) -> list[Hearer]:
    """Return the person whom a rung names beside its level, or their stand-in."""
    pk = rung.get("person")
    person = presence.person(pk) if pk else None
    return _each([person], presence) if person else []


def above(case: Case, level: int, presence: Presence) -> list[Hearer]:
    """Return who a level stands for: 1 supervisor, 2 manager, 3 duty officer.

    A place where nobody is goes up, and from the top back down; nobody at all gives an
    empty list, which the board shows.
    """
    for person in _order(case, level, presence):
        found = _instead(person, presence) if person is not None else None
        if found is not None:
            return [found]
    return []


def _order(case: Case, level: int, presence: Presence) -> Iterator[User | None]:
    """Yield the places in the order they are asked; the roster is read only where it matters."""
    team = case.team
    if team is None:
        return
    if level <= SUPERVISOR:
        yield team.supervisor
    if level <= MANAGER:
        yield team.manager
    yield from presence.officers(team)
    if level > MANAGER:
        yield team.manager
    if level > SUPERVISOR:
        yield team.supervisor


def _each(persons: Iterable[User], presence: Presence) -> list[Hearer]:
    found = (_instead(person, presence) for person in persons)
    return [one for one in found if one is not None]


def _instead(person: User, presence: Presence) -> Hearer | None:
    here = presence.instead_of(person)
    if here is None:
        return None
    return Hearer(here) if here.pk == person.pk else Hearer(here, person)
