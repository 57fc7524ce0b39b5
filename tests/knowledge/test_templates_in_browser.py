"""A template goes in at the cursor, and a style is set, while somebody writes to a customer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from objections.models import Case
from objections.vocabulary import Stage
from tests.conftest import People
from tests.knowledge.people import AtStage
from tests.walks.in_browser import Person
from tests.walks.script import STORIES, Story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

Opened = Callable[[], AbstractContextManager[Browser]]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.language)
def test_what_was_typed_stays_and_setting_the_style_makes_no_reply_stale(
    live_server: LiveServer,
    opened_browser: Opened,
    people: People,
    at_stage: AtStage,
    screenshots: Callable[[str, str], Path],
    story: Story,
) -> None:
    case = at_stage(Stage.RESPOND, questions=("Who pays?",))
    User.objects.update(language=story.language)
    with opened_browser() as browser:
        picture = partial(screenshots, f"knowledge-{story.language}")
        one = Person.at(browser, live_server.url, story, picture)
        one.sign_in("engineer")
        style_and_template(one, case)
    assert one.complaints == []
    case.refresh_from_db()
    assert case.style == "rational"
    assert case.contact_records.filter(purpose="progress", words__contains="Typed.").exists()


def test_the_pages_of_the_knowledge_hold_in_a_real_browser(
    live_server: LiveServer,
    opened_browser: Opened,
    people: People,
    at_stage: AtStage,
    screenshots: Callable[[str, str], Path],
) -> None:
    case = at_stage(Stage.CONFIRM)
    story = STORIES[-1]
    User.objects.update(language=story.language)
    pages = [reverse(name) for name in ("playbooks", "reply-templates", "jargon", "templates-new")]
    with opened_browser() as browser:
        picture = partial(screenshots, f"knowledge-{story.language}")
        one = Person.at(browser, live_server.url, story, picture)
        one.sign_in("analyst")
        for page in pages:
            one.page.goto(page)
            for fold in one.page.locator("main details").all()[:1]:
                fold.locator("summary").click()
            one.look(page.strip("/").replace("/", "-"))
        one.page.context.clear_cookies()
        one.sign_in("engineer")
        one.do(case.reference, "restate")
        one.page.locator("#step details").first.click()
        expect(one.page.locator("#playbook button[name=style]")).to_have_count(8)
        one.look("distortions")
    assert one.complaints == []


def style_and_template(one: Person, case: Case) -> None:
    one.do(case.reference, "update_progress")
    page = one.page
    box = page.locator("#step textarea[name=message]")
    box.fill("Typed.")
    expect(page.locator("#playbook button[name=style]")).to_have_count(8)
    page.locator("#playbook button[value=rational]").click()
    expect(page.locator("#playbook blockquote")).to_be_visible()
    expect(page.locator("#changed .ct-notice")).to_have_count(0)
    one.look("styled")
    page.locator("#step [data-pick] summary").click()
    items = page.locator("[data-insert]")
    expect(items.first).to_be_visible()
    page.locator("[data-pick-search]").fill("{reference}")
    expect(page.locator("[data-pick-none]")).to_be_visible()
    page.locator("[data-pick-search]").fill("")
    box.evaluate("box => box.setSelectionRange(6, 6)")
    items.first.click()
    text = box.input_value()
    assert text.startswith("Typed.\n\n")
    assert case.reference in text or "Zhou Min" in text
    assert page.evaluate("getSelection().toString()").startswith("[")
    assert box.get_attribute("data-template")
    expect(page.locator("[data-gaps]")).to_be_visible()
    one.look("inserted")
    one.send()
