"""Who works in the measured houses, and the few real cases of which many are made."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from accounts.models import Role, Team, User
from customers.models import Contact, Customer
from objections import notices
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case
from objections.vocabulary import Stage, Urgency
from tests.stories import HOUR, MIN, open_at, walk_to

ABOVE = (("supervisor", Role.SUPERVISOR), ("manager", Role.MANAGER), ("duty", Role.MANAGER))
WORDS = (
    "The seal that you fitted leaks again",
    "泵的密封又漏了，二号线停产",
    "The valve sticks every morning",
    "电机噪音很大，已经第三次报修",
    "The invoice names a part that we never got",
    "Battery holds for one hour only",
)


def people(teams: int, customers: int, engineers: int = 5) -> int:
    """Make teams of equal size, each with those above it, and customers with one contact each.

    Their numbers follow each other, so that a copied case can move to another team as a
    whole. Returns how many people belong to a team.
    """
    User.objects.bulk_create(
        User(username=name, email=f"{name}@bench.example", role=role, display_name=name.title())
        for team in range(teams)
        for name, role in _members(team, engineers)
    )
    everybody = list(User.objects.order_by("pk"))
    size = len(ABOVE) + engineers
    for number in range(teams):
        mine = everybody[number * size : (number + 1) * size]
        team = Team.objects.create(
            slug=f"team-{number}", name=f"Team {number}", supervisor=mine[0], manager=mine[1],
            duty_officer=mine[2], is_default=number == 0,
        )  # fmt: skip
        team.members.set(mine[3:])
    for number in range(customers):
        customer = Customer.objects.create(name=f"Customer {number}")
        Contact.objects.create(customer=customer, name=f"Contact {number}", phone="0512 1234567")
    assert everybody[-1].pk - everybody[0].pk == len(everybody) - 1
    return size


def _members(team: int, engineers: int) -> list[tuple[str, Role]]:
    below = [(f"engineer{number}", Role.ENGINEER) for number in range(engineers)]
    return [(f"{name}_{team}", role) for name, role in (*ABOVE, *below)]


def overdue_by_one_rung(now: datetime) -> Case:
    """Open a case whose acknowledgement is broken by now: its warnings have rung, its breach not.

    What is left to do for it is one full rung: event, escalation, entry and four notices.
    """
    engineer, customer = User.objects.get(username="engineer0_0"), Customer.objects.earliest("pk")
    began = now - 18 * MIN
    case = open_at(began, by=Actor.person(engineer), customer=customer)
    assert sweep(now=began + 14 * MIN) == 2
    return case


def ended_and_open(rng: Random, now: datetime, *, ended: int, still_open: int) -> None:
    """Carry cases of one team through their stages; most end, some stand in each open stage."""
    customer = Customer.objects.earliest("pk")
    team = Team.objects.earliest("pk")
    engineers = list(team.members.order_by("pk"))
    for number in range(ended):
        began = now - timedelta(days=20 + number % 10, minutes=rng.randrange(600))
        _carry(rng, began, Stage.CLOSED, engineers[number % len(engineers)], customer)
    stages = (Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND, Stage.FOLLOW_UP)
    for number in range(still_open):
        began = now - (12 * MIN if number % 4 == 0 else rng.randrange(1, 7) * HOUR)
        _carry(rng, began, stages[number % 4], engineers[number % len(engineers)], customer)
    broken = open_at(now - HOUR, by=Actor.person(engineers[0]), customer=customer,
                     urgency=Urgency.URGENT)  # fmt: skip
    sweep(now=now)
    assert broken.escalations.exists()
    for user in User.objects.all():
        seen = notices.unseen(user).exclude(case=broken)
        notices.mark_seen(user, list(seen.values_list("pk", flat=True)), now=now)


def _carry(rng: Random, began: datetime, stage: Stage, engineer: User, customer: Customer) -> None:
    """Carry one case to a stage, at a human pace, with words that differ."""
    walk_to(
        stage, began, by=Actor.person(engineer), customer=customer, gap=2 * MIN,
        contact=customer.contacts.first(),
        statement=f"{rng.choice(WORDS)}. {'It was promised otherwise. ' * rng.randrange(1, 12)}",
    )  # fmt: skip
