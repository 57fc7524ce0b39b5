"""Two people at one case, and one person who presses twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Stage
from tests.conftest import People
from tests.stories import MIN, walk_to
from tests.walks.in_browser import Person
from tests.walks.script import ENGLISH
from timekeeping import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

Opened = Callable[[], AbstractContextManager[Browser]]
Pictures = Callable[[str, str], Path]
POST_TWICE = """async form => {
    const body = new FormData(form)
    const send = () => fetch(form.action || location.href, {method: "POST", body})
    const answers = await Promise.all([send(), send()])
    return answers.map(answer => answer.url)
}"""


def test_the_second_of_two_is_told_what_the_first_did_and_keeps_their_words(
    live_server: LiveServer,
    people: People,
    customer: Customer,
    opened_browser: Opened,
    screenshots: Pictures,
) -> None:
    by = Actor.person(people.engineer)
    case = walk_to(Stage.CONFIRM, clock.now() - 5 * MIN, by=by, customer=customer)
    with opened_browser() as browser:
        engineer, colleague = (
            Person.at(browser, live_server.url, ENGLISH, partial(screenshots, "two-people"))
            for _person in range(2)
        )
        engineer.sign_in("engineer")
        colleague.sign_in("colleague")
        for person in (engineer, colleague):
            person.do(case.reference, "restate")
        engineer.write(restatement="My own words, half an hour of work", interest="No stop")
        colleague.write(restatement="The colleague was faster", interest="Peace at night")
        colleague.send()

        page = engineer.page
        page.locator("#step button[type=submit]").last.click()
        told = page.locator("[role=alert]").first
        expect(told).to_contain_text("Somebody changed this case")
        expect(page.locator("body")).to_contain_text("The colleague was faster")
        kept = page.locator("#step [name=restatement]")
        expect(kept).to_have_value("My own words, half an hour of work")
        engineer.look("stale")

        engineer.send()
        expect(page.locator("body")).to_contain_text("My own words, half an hour of work")
        assert [one for one in engineer.complaints if "409 (Conflict)" not in one] == []
        assert colleague.complaints == []
    said = list(case.restatements.order_by("number").values_list("text", flat=True))
    assert said == ["The colleague was faster", "My own words, half an hour of work"]


def test_a_form_that_is_sent_twice_at_once_opens_one_case(
    live_server: LiveServer, people: People, opened_browser: Opened, screenshots: Pictures
) -> None:
    with opened_browser() as browser:
        engineer = Person.at(browser, live_server.url, ENGLISH, partial(screenshots, "twice"))
        engineer.sign_in("engineer")
        page, form = engineer.page, "form[data-draft]"
        page.goto("/cases/new/")
        engineer.write(form, new_customer=ENGLISH.customer, statement=ENGLISH.statement)
        engineer.choose("kind", "objection", form)
        engineer.choose("channel", "phone", form)
        first, second = page.locator(form).evaluate(POST_TWICE)
        assert engineer.complaints == []
    [case] = Case.objects.all()
    assert first == second
    assert case.reference in first
    assert Customer.objects.count() == 1
