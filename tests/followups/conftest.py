from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from accounts.models import User
from objections.actors import Actor
from tests.conftest import People

LookAs = Callable[[User], Browser]


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def look_as(db: None) -> LookAs:
    """Return a browser in which somebody is signed in."""

    def sign_in(user: User) -> Browser:
        browser = Browser(headers={"accept-language": "en"})
        browser.force_login(user)
        return browser

    return sign_in
