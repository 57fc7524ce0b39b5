"""What the tests of desk and board share: a clock that stands at a stated moment, and who looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from accounts.models import User
from objections.models import Case
from timekeeping import clock
from timekeeping.models import SandboxClock

At = Callable[[datetime], None]
"""Moves the sandbox clock to a moment, without ringing anything."""

LookAs = Callable[[User], Browser]


@pytest.fixture
def present(db: None) -> datetime:
    """The moment at which a test's page is asked for, by the database's own clock."""
    return clock.now()


@pytest.fixture
def look_as(db: None) -> LookAs:
    """Return a browser in which somebody is signed in."""

    def sign_in(user: User) -> Browser:
        browser = Browser(headers={"accept-language": "en"})
        browser.force_login(user)
        return browser

    return sign_in


@pytest.fixture
def pass_time(db: None) -> Callable[[timedelta], None]:
    """Return what moves the clock forward without sweeping, as while every worker is dead."""

    def move(by: timedelta) -> None:
        SandboxClock.objects.get_or_create(id=1)
        clock.advance(by)

    return move


def restrict(case: Case) -> Case:
    case.sensitivity = "restricted"
    case.save(update_fields=["sensitivity"])
    return case
