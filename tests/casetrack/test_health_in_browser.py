"""Timer health in a real browser: readable, strict, and no wider than a phone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from tests.conftest import People
from tests.stories import MIN, open_at
from tests.walks.conftest import opened_browser, screenshots
from tests.walks.in_browser import Person
from tests.walks.script import Story
from timekeeping import clock
from timekeeping.models import Heartbeat
from timekeeping.punctuality import Tally

__all__ = ["opened_browser", "screenshots"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def trouble(people: People, customer: Customer) -> None:
    """Let there be something to see in every part of the page."""
    case = open_at(
        clock.now() - 20 * MIN, by=Actor.person(people.engineer), customer=customer,
        team=people.team,
    )  # fmt: skip
    sweeping.drain(clock.now)
    now = clock.now()
    failure = "IntegrityError: " + "a_very_long_name_of_a_constraint_" * 6
    case.escalations.update(
        failures=3, failure=failure, quarantined_at=now - MIN, alarm_at=now + 5 * MIN
    )
    case.notices.filter(channel="email").update(
        send_at=None, failed_at=now, failure="550 5.1.1 There is nobody of this name here"
    )
    at = Heartbeat.objects.get().beaten_at
    Heartbeat.objects.create(
        name="sweep a-host-with-a-long-name.example.com 17", beaten_at=at, skew=timedelta(hours=2),
        host="a-host-with-a-long-name.example.com",
    )  # fmt: skip
    tally = Tally()
    for seconds in (0.05, 0.05, 0.2, 0.9, 4, 12):
        tally.add(timedelta(seconds=seconds))
    tally.save(now=now)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_pages_can_be_read_by_everybody_and_fit_a_phone(
    language: str, people: People, customer: Customer, live_server: LiveServer,
    opened_browser: Callable[[], AbstractContextManager[Browser]],
    screenshots: Callable[[str, str], Path],
) -> None:  # fmt: skip
    trouble(people, customer)
    story = cast(Story, SimpleNamespace(language=language))
    with opened_browser() as browser:
        one = Person.at(
            browser, live_server.url, story, lambda name: screenshots(f"timers-{language}", name)
        )
        one.sign_in(people.administrator.username)
        for name, address in [("everybody", "/timers/"), ("administration", "/admin/timers/")]:
            one.page.goto(address)
            one.look(name)
            assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        answer: Any = one.page.locator("form[action$='/again/'] button")
        answer.click()
        one.page.wait_for_url("**/admin/timers/")
        assert one.page.locator("[data-message=success]").count() == 1
    assert one.complaints == []
