from __future__ import annotations

import pytest

from objections.actors import Actor
from tests.conftest import People


@pytest.fixture
def by(people: People) -> Actor:
    """The engineer who owns the case."""
    return Actor.person(people.engineer)


@pytest.fixture
def boss(people: People) -> Actor:
    """The supervisor of the engineer's team."""
    return Actor.person(people.supervisor)
