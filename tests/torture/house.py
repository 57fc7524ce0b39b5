"""The tortured house: teams, customers, and a policy whose promises last seconds."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from accounts.models import Team, User
from customers.models import Customer
from objections.models import Allowance, Policy, Rung
from objections.vocabulary import Kind, Promise, Unit, Urgency
from tests.bench import stock
from timekeeping import clock

TEAMS = 4
# Its people work on what is opened meanwhile; those of the others have what was there before.
FRESH_TEAM = f"team-{TEAMS - 1}"
CUSTOMERS = 20
LADDER = ((-60, 0), (-25, 0), (0, 1), (35, 2), (70, 3))
SHORTEST, LONGEST = 2.0, 9.0


def furnish(rng: Random) -> None:
    """Fill an empty, migrated database with people and a policy of seconds."""
    populate()
    publish(rng)


def populate() -> None:
    """Make the people and the customers; the shipped policy stays in force."""
    stock.people(TEAMS, customers=CUSTOMERS)
    for slug, is_default in (("team-0", False), (FRESH_TEAM, True)):
        Team.objects.filter(slug=slug).update(is_default=is_default)


def publish(rng: Random, shortest: float = SHORTEST, longest: float = LONGEST) -> None:
    """Put a policy in force whose allowances are random lengths of a few seconds.

    Written as the rows that publishing leaves behind: what is tortured is the ringing.
    """
    Policy.objects.filter(in_force=True).update(in_force=False)
    version = Policy.objects.filter(name="Torture").count() + 1
    policy = Policy.objects.create(
        name="Torture", version=version, in_force=True, published_at=clock.now()
    )
    for promise in Promise.values:
        for kind in ("", Kind.COMPLAINT, Kind.OBJECTION):
            for urgency in ("", *Urgency.values):
                _allow(policy, rng, promise, kind, urgency, (shortest, longest))


def _allow(
    policy: Policy, rng: Random, promise: str, kind: str, urgency: str, span: tuple[float, float]
) -> None:
    own_due = promise == Promise.COMMITMENT
    allowance = Allowance.objects.create(
        policy=policy, promise=promise, kind=kind, urgency=urgency, unit=Unit.ELAPSED,
        length=None if own_due else timedelta(seconds=rng.uniform(*span)),
    )  # fmt: skip
    Rung.objects.bulk_create(
        Rung(allowance=allowance, percent=percent, level=level) for percent, level in LADDER
    )


def engineer(team: str = FRESH_TEAM) -> User:
    return Team.objects.get(slug=team).members.earliest("pk")


def customers() -> list[Customer]:
    return list(Customer.objects.order_by("pk"))
