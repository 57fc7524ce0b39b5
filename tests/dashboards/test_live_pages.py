"""In a real browser: a page that keeps itself up to date gets in nobody's way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from customers.models import Customer
from objections import notices, steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case
from objections.services import escalations
from objections.services.stepping import take_step
from tests.conftest import PASSWORD, People
from tests.stories import HOUR, MIN, open_at
from timekeeping import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser(chromium: dict[str, Any]) -> Iterator[Page]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(**chromium)
        page = launched.new_context(locale="en-GB").new_page()
        yield page
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def sign_in(page: Page, server: LiveServer, user: User, path: str) -> None:
    page.goto(f"{server.url}{path}")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{server.url}{path}")


def ask(page: Page) -> None:
    """Let the page ask for news at once, as it does by itself every few seconds."""
    with page.expect_response(lambda answer: "print=" in answer.url):
        page.evaluate("htmx.trigger(document.querySelector('[data-live]'), 'refresh')")


def late(people: People, customer: Customer) -> Case:
    case = open_at(
        clock.now() - 20 * MIN, by=Actor.person(people.engineer), customer=customer,
        handler=people.engineer, team=people.team,
    )  # fmt: skip
    sweeping.sweep(now=clock.now())
    return case


def test_a_half_typed_next_step_outlives_the_news_with_its_cursor(
    people: People, customer: Customer, live_server: LiveServer, browser: Page
) -> None:
    case = late(people, customer)
    sign_in(browser, live_server, people.supervisor, "/board/")
    browser.locator("[name=next_step]").first.type("I call Ms Luo and")
    notices.see_case(people.supervisor, case, now=clock.now())
    newer = late(people, customer)
    ask(browser)
    expect(browser.get_by_text(newer.reference)).to_have_count(1)
    field = browser.locator("[name=next_step]").first
    expect(field).to_have_value("I call Ms Luo and")
    expect(field).to_be_focused()
    browser.keyboard.type(" stop the batch")
    expect(field).to_have_value("I call Ms Luo and stop the batch")


def test_what_was_typed_for_something_somebody_else_took_is_kept_in_sight(
    people: People, customer: Customer, live_server: LiveServer, browser: Page
) -> None:
    case = late(people, customer)
    sign_in(browser, live_server, people.supervisor, "/board/")
    browser.locator("[name=next_step]").first.type("I drive there")
    escalations.take(
        case.escalations.get(), by=Actor.person(people.manager), next_step="I have it",
        until=clock.now() + HOUR, now=clock.now(),
    )  # fmt: skip
    ask(browser)
    expect(browser.get_by_text("I have it")).to_be_visible()
    expect(browser.get_by_text("I drive there")).to_be_visible()
    expect(browser.get_by_text("This was taken or has closed meanwhile")).to_be_visible()


def test_an_open_choice_of_people_stays_open(
    people: People, customer: Customer, live_server: LiveServer, browser: Page
) -> None:
    late(people, customer)
    sign_in(browser, live_server, people.supervisor, "/board/")
    browser.get_by_text("Reassign").first.click()
    late(people, customer)
    ask(browser)
    expect(browser.get_by_role("button", name="Give the case").first).to_be_visible()


def test_ticks_and_the_row_in_hand_outlive_the_news_on_the_desk(
    people: People, customer: Customer, live_server: LiveServer, browser: Page
) -> None:
    by = Actor.person(people.engineer)
    cases = [
        open_at(clock.now() - MIN, by=by, customer=customer, handler=people.engineer)
        for _number in range(3)
    ]
    sign_in(browser, live_server, people.engineer, "/desk/")
    bulk = browser.get_by_role("button", name="Assign")
    expect(bulk).to_be_hidden()
    browser.keyboard.press("j")
    browser.keyboard.press("j")
    browser.keyboard.press("x")
    ticked = browser.locator(".ct-pick:checked")
    expect(ticked).to_have_count(1)
    expect(bulk).to_be_visible()
    chosen = ticked.get_attribute("value")
    take_step(cases[0], steps.WriteNote(text="Engaged."), by=by, now=clock.now())
    ask(browser)
    expect(browser.locator(".ct-pick:checked")).to_have_attribute("value", str(chosen))
    expect(browser.locator(f"#row-{chosen}")).to_have_class("row-focus")
    browser.keyboard.press("o")
    browser.wait_for_url(f"**/cases/{chosen}/")


def test_the_pages_hold_the_strict_policy_and_say_nothing_in_the_console(
    people: People, customer: Customer, live_server: LiveServer, browser: Page
) -> None:
    case = late(people, customer)
    said: list[str] = []
    browser.on("console", lambda message: said.append(message.text))
    browser.on("pageerror", lambda error: said.append(str(error)))
    deadline = case.deadlines.get(promise="acknowledgement")
    sign_in(browser, live_server, people.supervisor, "/desk/?tab=team")
    explain = f"/cases/{case.reference}/deadlines/{deadline.pk}/explain/"
    for path in ("/board/", "/cases/", "/customers/", f"/customers/{customer.pk}/", "/notices/",
                 "/absences/", "/mailbox/", explain):  # fmt: skip
        browser.goto(f"{live_server.url}{path}")
    assert said == []


@pytest.mark.parametrize(
    "path", ["/desk/?tab=all", "/board/", "/cases/", "/customers/", "/absences/"]
)
def test_a_narrow_phone_never_scrolls_sideways(
    people: People, customer: Customer, live_server: LiveServer, browser: Page, path: str
) -> None:
    customer.name = "Vereinigte Wasserwerke und Kläranlagen Donaudampfschifffahrt " * 2
    customer.save()
    late(people, customer)
    browser.set_viewport_size({"width": 360, "height": 740})
    sign_in(browser, live_server, people.supervisor, path)
    assert browser.evaluate("document.documentElement.scrollWidth") <= 360
