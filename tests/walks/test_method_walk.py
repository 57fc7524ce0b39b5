"""The method in a real browser, in both languages, with the customer on a phone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from customers.models import Customer
from knowledge.models import Article
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Stage
from tests.conftest import People
from tests.stories import DAY, walk_to
from tests.walks import by_the_method
from tests.walks.in_browser import Person
from tests.walks.script import STORIES, Story
from timekeeping import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.language)
def test_a_recurrence_is_heard_confirmed_solved_judged_and_learned_from(
    live_server: LiveServer,
    opened_browser: Callable[[], AbstractContextManager[Browser]],
    people: People,
    story: Story,
    screenshots: Callable[[str, str], Path],
    morning: object,
) -> None:
    User.objects.update(language=story.language)
    earlier = heard_before(people, story)
    with opened_browser() as browser:
        engineer, supervisor, customer = (
            Person.at(browser, live_server.url, story, partial(screenshots, story.language))
            for _ in range(3)
        )
        customer.page.set_viewport_size({"width": 390, "height": 844})
        reference = by_the_method.walk(engineer, supervisor, customer, story)
    assert engineer.complaints + supervisor.complaints + customer.complaints == []
    case = Case.objects.get(reference=reference)
    assert (case.stage, case.recurrence_of, case.lesson) == (Stage.CLOSED, earlier, story.lesson)
    by_the_customer = case.events.filter(actor_kind="customer").values_list("kind", flat=True)
    assert set(by_the_customer) >= {"confirmed", "option_chosen", "closed_satisfied"}
    assert Article.objects.get(case=case).published_at is not None


def heard_before(people: People, story: Story) -> Case:
    """Another customer had the same trouble some days ago, and was helped."""
    by, then = Actor.person(people.engineer), clock.now() - 5 * DAY
    other = Customer.objects.create(name="Northfield Creamery")
    return walk_to(Stage.CLOSED, then, by=by, customer=other, statement=story.statement)
