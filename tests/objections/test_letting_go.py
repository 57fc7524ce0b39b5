"""A process that is stopped while it holds rows loses them, and its session changes nobody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import applying, sweeping
from objections.models import Policy
from tests.conftest import People
from tests.stories import MIN, open_at
from timekeeping import clock

pytestmark = pytest.mark.django_db(transaction=True)


def idle_for() -> str:
    """Return how long a transaction of this session may do nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        found: str = cursor.fetchone()[0]
    return found


class Listening:
    """Asks after each claim of rows how long its transaction may do nothing."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def __call__(
        self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        result = execute(sql, parameters, many, context)
        if "FOR NO KEY UPDATE" in sql and "SKIP LOCKED" in sql:
            self.heard.append(idle_for())
        return result


def test_what_rings_lets_go_after_two_seconds(
    people: People, customer: Customer, t0: datetime
) -> None:
    open_at(t0, by=Actor.person(people.engineer), customer=customer)
    with connection.execute_wrapper(listening := Listening()):
        sweeping.sweep(now=t0 + 20 * MIN)
    assert set(listening.heard) == {"2s"}


def test_what_is_computed_anew_lets_go_after_two_seconds(
    people: People, customer: Customer, t0: datetime
) -> None:
    open_at(t0, by=Actor.person(people.engineer), customer=customer)
    applying.ask(policy=Policy.objects.get(in_force=True), now=t0)
    with connection.execute_wrapper(listening := Listening()):
        applying.drain(lambda: t0 + MIN)
    assert set(listening.heard) == {"2s"}


def test_nothing_of_it_stays_with_the_session(people: People, customer: Customer) -> None:
    """Behind a pooler the session is somebody else's a moment later."""
    case = open_at(clock.now() - 20 * MIN, by=Actor.person(people.engineer), customer=customer)
    connection.close()
    call_command("run_clock", "--once")
    assert case.deadlines.filter(breached_at__isnull=False).exists()
    assert idle_for() == "0"
