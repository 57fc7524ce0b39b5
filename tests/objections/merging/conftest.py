"""Two cases of one matter, and what holds after every merge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import replaying
from objections.models import Case
from tests.conftest import T0, People
from tests.stories import MIN, open_at


@pytest.fixture(autouse=True)
def the_timeline_rebuilds_every_clock(people: People) -> Iterator[None]:
    """After each test the rows are what the timeline alone says."""
    yield
    verified = replaying.verify(Case.objects.all())
    assert [one for found in verified for one in found.differences] == []


@pytest.fixture
def two(by: Actor, customer: Customer) -> tuple[Case, Case]:
    """The earlier case, and the later one that is to stay."""
    early = open_at(T0, by=by, customer=customer)
    return early, open_at(T0 + 5 * MIN, by=by, customer=customer)
