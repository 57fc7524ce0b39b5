"""What every test may count on: the servers, the people, and a Monday morning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import groupby

import pytest
from django.core import serializers
from django.utils import translation
from pytest_django import DjangoDbBlocker

from accounts.models import Client, Role, Team, User
from customers.models import Contact, Customer, Product, Tier
from knowledge.models import JargonTerm, PlaybookCard, ReplyTemplate
from objections.models import Allowance, ApprovalRule, Policy, RemedyLimit, Rung
from timekeeping import editions
from timekeeping.models import Calendar, Edition, WeeklyWindow

pytest_plugins = ["tests.plugins.servers", "tests.plugins.translations", "tests.plugins.browser"]

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse"


SHIPPED = (
    Calendar, WeeklyWindow, Edition, Policy, Allowance, Rung, RemedyLimit, ApprovalRule,
    PlaybookCard, ReplyTemplate, JargonTerm,
)  # fmt: skip


@pytest.fixture(scope="session")
def shipped_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """What the migrations ship, as it is before any test."""
    with django_db_blocker.unblock():
        rows = [row for model in SHIPPED for row in model._default_manager.all()]
        shipped: str = serializers.serialize("json", rows)
        return shipped


@pytest.fixture(autouse=True)
def shipped_policy(request: pytest.FixtureRequest) -> None:
    """Put the shipped policy back where a test that really commits has emptied the tables."""
    marker = request.node.get_closest_marker("django_db")
    commits = not {"transactional_db", "live_server"}.isdisjoint(request.fixturenames)
    if marker is None and not commits:
        return
    shipped: str = request.getfixturevalue("shipped_rows")
    transactional = commits or (marker is not None and marker.kwargs.get("transaction"))
    request.getfixturevalue("transactional_db" if transactional else "db")
    if not Policy.objects.exists():
        rows = [row.object for row in serializers.deserialize("json", shipped)]
        for model, of_one in groupby(rows, lambda row: row._meta.model):
            model._default_manager.bulk_create(of_one)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test begins in English, whatever language the one before has left."""
    with translation.override("en"):
        yield


@pytest.fixture
def t0() -> datetime:
    """A fixed Monday, 09:00 UTC."""
    return T0


@pytest.fixture
def open_all_hours(shipped_policy: None, t0: datetime) -> None:
    """A house that never closes: its working time runs like elapsed time."""
    calendar = Calendar.objects.get(is_default=True)
    calendar.windows.all().delete()
    for weekday in range(7):
        calendar.windows.create(weekday=weekday, opens=time(0), closes=time(0))
    editions.publish(calendar, now=t0)


@dataclass(frozen=True)
class People:
    """One team and all who meet its cases."""

    team: Team
    engineer: User
    colleague: User
    supervisor: User
    manager: User
    duty_officer: User
    stranger: User
    analyst: User
    auditor: User
    administrator: User


def person(username: str, role: Role = Role.ENGINEER, **more: object) -> User:
    return User.objects.create_user(
        username, f"{username}@casetrack.example", PASSWORD, role=role,
        display_name=username.replace("_", " ").title(), **more,
    )  # fmt: skip


@pytest.fixture
def people(db: None) -> People:
    """The engineer who owns the case, those around and above, and a stranger of another team."""
    supervisor = person("supervisor", Role.SUPERVISOR)
    manager = person("manager", Role.MANAGER)
    duty_officer = person("duty_officer", Role.MANAGER)
    team = Team.objects.create(
        slug="pumps", name="Pumps", site="Suzhou", supervisor=supervisor, manager=manager,
        duty_officer=duty_officer, is_default=True,
    )  # fmt: skip
    engineer, colleague, stranger = (person(name) for name in ("engineer", "colleague", "stranger"))
    team.members.add(engineer, colleague)
    other = Team.objects.create(slug="bikes", name="Bikes")
    other.members.add(stranger)
    return People(
        team, engineer, colleague, supervisor, manager, duty_officer, stranger,
        person("analyst", Role.ANALYST), person("auditor", Role.AUDITOR),
        person("administrator", Role.ADMINISTRATOR, is_staff=True, is_superuser=True),
    )  # fmt: skip


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(name="Hengyuan Chemical")


@pytest.fixture
def contact(customer: Customer) -> Contact:
    return Contact.objects.create(
        customer=customer, name="Zhou Min", phone="138 0000 0001", email="zhoumin@hengyuan.example"
    )


@pytest.fixture
def key_account(people: People) -> Customer:
    team = Team.objects.create(
        slug="key", name="Key accounts", supervisor=people.supervisor, manager=people.manager
    )
    return Customer.objects.create(name="Qingquan Water", tier=Tier.KEY_ACCOUNT,
                                   dedicated_team=team)  # fmt: skip


@pytest.fixture
def product(people: People) -> Product:
    return Product.objects.create(brand="Hydra", model="CP 80-250", team=people.team)


@pytest.fixture
def crm(db: None) -> Client:
    """A program with whom we work."""
    return Client.objects.create(name="crm")
