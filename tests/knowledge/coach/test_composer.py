"""The coach beside the text that is written, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from customers.models import Contact, Customer
from knowledge.tasks import take_reply_prints
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Stage
from tests.conftest import PASSWORD, People
from tests.knowledge.coach.test_prints import LETTER, OTHER, say
from tests.stories import MIN, open_at, walk_to
from tests.walks.in_browser import Person
from timekeeping import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PICTURES = Path(__file__).resolve().parents[3] / "build" / "screenshots"
BOX, POINTS, COUNT = "#id_message", ".ct-coach [data-point]", ".ct-coach [data-count]"
LOCALES = {"en": "en", "zh-hans": "zh-CN"}
DRAFT = (
    "We are sorry if you feel that the repair took too long, but the bearing came late."
    " We will get back to you soon."
)
ZH_DRAFT = "我理解您的心情，但是密封件要从意大利进口。我们会尽快给您答复。"


@pytest.fixture
def case(people: People, customer: Customer, contact: Contact) -> Case:
    """A case whose solution is to be told, with one question open."""
    by, now = Actor.person(people.engineer), clock.now()
    other = Customer.objects.create(name="Qingquan Water")
    earlier = open_at(now - 20 * MIN, by=by, customer=other)
    for number, words in enumerate((LETTER, OTHER)):
        say(earlier, words, now - (19 - number) * MIN, by)
    take_reply_prints()
    return walk_to(
        Stage.RESPOND, now - 10 * MIN, by=by, customer=customer, contact=contact,
        questions=("When will line 2 run again?",),
    )  # fmt: skip


Desk = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def at_the_desk(live_server: LiveServer, chromium: dict[str, Any], people: People) -> Desk:
    """Sign in as the engineer. The database is to be asked before and after, not meanwhile."""

    @contextmanager
    def opened(language: str = "en") -> Iterator[Page]:
        User.objects.update(language=language)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**chromium)
            page = browser.new_context(
                base_url=live_server.url, locale=LOCALES[language], reduced_motion="reduce"
            ).new_page()
            page.goto("/sign-in/")
            page.fill("#id_username", "engineer")
            page.fill("#id_password", PASSWORD)
            page.press("#id_password", "Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
            yield page
            browser.close()

    return opened


def rules_of(page: Page) -> list[str]:
    found = page.eval_on_selector_all(POINTS, "all => all.map((one) => one.dataset.point)")
    return [str(one) for one in found]


def selected(page: Page) -> str:
    return str(page.eval_on_selector(
        BOX, "box => box.value.slice(box.selectionStart, box.selectionEnd)"
    ))  # fmt: skip


def test_the_coach_points_mends_and_is_told_to_be_quiet_while_one_writes(
    case: Case, at_the_desk: Desk
) -> None:
    with at_the_desk() as page:
        sent: list[Request] = []
        page.on("request", lambda request: sent.append(request))
        page.goto(f"/cases/{case.reference}/?do=communicate_solution#work")
        page.locator(BOX).fill(DRAFT)
        expect(page.locator(POINTS).first).to_be_visible()
        assert set(rules_of(page)) == {
            "conditional_apology", "incomplete_apology", "empathy_but", "vague_promise",
            "unanswered_question", "missing_manners",
        }  # fmt: skip

        vague = page.locator('.ct-coach [data-point="vague_promise"]')
        vague.locator("summary").click()
        assert selected(page) == "soon"
        vague.locator("[data-use]").click()
        assert selected(page) == "[day and time?]"
        expect(page.locator(BOX)).to_have_value(DRAFT.replace("soon", "by [day and time?]"))

        but = page.locator('.ct-coach [data-point="empathy_but"]')
        but.locator("summary").click()
        assert selected(page) == ", but"
        but.locator("[data-dismiss]").click()
        expect(but).to_have_count(0)
        question = page.locator('.ct-coach [data-point="unanswered_question"]')
        expect(question.locator("[data-dismiss]")).to_have_count(0)
        page.locator("#id_answer_1").fill("On Friday at noon.")
        expect(question).to_have_count(0)
        assert not any(DRAFT[:20] in (one.post_data or "") + one.url for one in sent)


def test_a_letter_to_somebody_else_is_known_by_its_numbers_alone(
    case: Case, at_the_desk: Desk
) -> None:
    with at_the_desk() as page:
        page.goto(f"/cases/{case.reference}/?do=communicate_solution#work")
        with page.expect_request("**/coach/alike/") as asked:
            page.locator(BOX).fill(LETTER)
        body = json.loads(asked.value.post_data or "")
        assert set(body) == {"signature", "case"}
        assert len(body["signature"]) == 64
        expect(page.locator('.ct-coach [data-point="canned"]')).to_be_visible()


def test_nothing_is_said_while_chinese_is_composed(case: Case, at_the_desk: Desk) -> None:
    with at_the_desk("zh-hans") as page:
        page.goto(f"/cases/{case.reference}/?do=communicate_solution#work")
        box = page.locator(BOX)
        box.dispatch_event("compositionstart")
        box.fill(ZH_DRAFT)
        page.wait_for_timeout(900)
        expect(page.locator(COUNT)).to_have_text("")
        box.dispatch_event("compositionend")
        expect(page.locator(POINTS).first).to_be_visible()
        assert {"empathy_but", "vague_promise"} <= set(rules_of(page))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_panel_fits_a_phone_and_its_colours_can_be_read(
    case: Case, at_the_desk: Desk, language: str
) -> None:
    PICTURES.joinpath(language).mkdir(parents=True, exist_ok=True)
    with at_the_desk(language) as page:
        person = Person(page, lambda name: PICTURES / language / f"{name}.png")
        person.page.set_viewport_size({"width": 1366, "height": 768})
        person.page.goto(f"/cases/{case.reference}/?do=communicate_solution#work")
        person.page.locator(BOX).fill(DRAFT if language == "en" else ZH_DRAFT)
        expect(person.page.locator(POINTS).first).to_be_visible()
        person.page.locator(POINTS).first.locator("summary").click()
        person.look("coach")
        assert person.complaints == []


def test_an_acknowledgement_is_coached_while_the_case_is_opened(
    people: People, at_the_desk: Desk
) -> None:
    with at_the_desk() as page:
        page.goto("/cases/new/")
        page.locator("#id_ack_summary").evaluate("box => { box.closest('details').open = true }")
        page.locator("#id_ack_summary").fill("You should have greased the bearing.")
        expect(page.locator('.ct-coach [data-point="blame"]')).to_be_visible()
        assert "unanswered_question" not in rules_of(page)
