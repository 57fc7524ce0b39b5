"""A customer in front of their own page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import User
from customers.models import Contact, Customer
from objections import links, steps
from objections.actors import Actor
from objections.models import Case, CustomerLink
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import LinkMedium, Stage
from tests.conftest import People
from tests.objections.record import snapshot
from tests.stories import CLOSE, walk_to
from timekeeping import clock


@dataclass
class Visitor:
    """Whoever holds the link, in a browser without an account."""

    case: Case
    link: CustomerLink
    browser: Browser

    @property
    def address(self) -> str:
        return f"/c/{links.token(self.link)}/"

    def look(self, **query: str) -> str:
        answer = self.browser.get(self.address, query)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def form(self, do: str) -> dict[str, Any]:
        """Return what the page puts into a form before anybody types."""
        answer = self.browser.get(self.address)
        form = answer.context["forms"][do]
        return {"do": do, "key": str(form["key"].value()), "seen": answer.context["page"].seen}

    def send(self, do: str, **typed: Any) -> Any:
        return self.browser.post(self.address, {**self.form(do), **typed})


Visit = Callable[..., Visitor]


@pytest.fixture
def now(db: None) -> datetime:
    return clock.now()


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def visit(people: People, customer: Customer, contact: Contact, now: datetime) -> Visit:
    """Return what brings a case to a stage and opens its page with a fresh link."""

    def made(stage: Stage = Stage.LISTEN, *more: steps.Step, by: User | None = None,
             **opening: Any) -> Visitor:  # fmt: skip
        actor = Actor.person(by or people.engineer)
        before = Stage.FOLLOW_UP if stage is Stage.CLOSED else stage
        case = walk_to(
            before, now - timedelta(minutes=10), by=actor, customer=customer, contact=contact,
            handler=people.engineer, **opening,
        )  # fmt: skip
        if more:
            take_steps(case, more, by=actor, now=now - timedelta(minutes=2))
        link = invited(case, actor, now - timedelta(minutes=1))
        if stage is Stage.CLOSED:
            take_step(case, CLOSE, by=actor, now=now)
        return Visitor(case, link, Browser())

    return made


def invited(case: Case, by: Actor, at: datetime) -> CustomerLink:
    take_step(case, steps.Invite(medium=LinkMedium.BY_HAND), by=by, now=at)
    return case.links.latest("pk")


def on_record() -> dict[str, list[Any]]:
    """Return every row about cases, but how often a link was opened."""
    rows = snapshot()
    for row in rows["CustomerLink"]:
        del row["times_opened"], row["opened_at"]
    return rows
