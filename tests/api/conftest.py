"""Programs with tokens, and people who are signed in, that ask the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Protocol

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Client, Scope, User
from customers.models import Contact, Customer
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Stage
from tests.conftest import People
from tests.stories import walk_to
from timekeeping.clock import now

EVERYTHING = (Scope.CASES_READ, Scope.CASES_WRITE, Scope.CUSTOMERS_WRITE)

Ask = Callable[..., APIClient]


def program(client: Client, *scopes: str) -> APIClient:
    """Return a program with a new token."""
    asks = APIClient()
    key = tokens.issue(client, scopes, now=now())
    asks.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return asks


@pytest.fixture
def api(crm: Client, people: People) -> APIClient:
    """The CRM, with every scope that cases and customers need."""
    return program(crm, *EVERYTHING)


@pytest.fixture
def signed_in() -> Callable[[User], APIClient]:
    def sign_in(user: User) -> APIClient:
        asks = APIClient()
        asks.force_login(user)
        return asks

    return sign_in


class Walk(Protocol):
    def __call__(self, stage: Stage = ..., **more: Any) -> Case: ...


@pytest.fixture
def case_at(people: People, customer: Customer, contact: Contact) -> Walk:
    """A case that the engineer has brought to a stage, beginning now."""

    def walk(stage: Stage = Stage.LISTEN, at: datetime | None = None, **more: Any) -> Case:
        more.setdefault("contact", contact)
        by = Actor.person(more.pop("by", people.engineer))
        return walk_to(stage, at or now(), by=by, customer=more.pop("customer", customer), **more)

    return walk


def fields_of(answer: Any) -> set[str]:
    """Return the fields that a refusal names."""
    return {point["field"] for point in answer.json()["errors"]}


def codes_of(answer: Any) -> set[tuple[str, str]]:
    return {(point["field"], point["code"]) for point in answer.json()["errors"]}


def state_of(model: Any, *names: str) -> list[Any]:
    """Return what is in a table, to show that nothing has changed."""
    return list(model.objects.order_by("pk").values(*names))


def untouched(models: Iterable[Any]) -> list[list[Any]]:
    return [state_of(model) for model in models]
