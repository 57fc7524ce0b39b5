"""The new case in a real browser: by keyboard alone, on a phone, and without a connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Language
from customers.models import Contact, Customer, Product
from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.services.stepping import take_step
from objections.vocabulary import Stage
from tests.conftest import People
from tests.stories import DAY, HOUR, open_at, walk_to
from tests.walks.in_browser import SERIOUS, Person
from tests.walks.script import ENGLISH, Story
from timekeeping import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

Opened = Callable[[], AbstractContextManager[Browser]]
Pictures = Callable[[str, str], Path]
BATCH = "B26-07"
MOST_KEYS = 25
"""Presses that write nothing: moving, choosing, sending."""
MINUTE = 60.0


@dataclass(frozen=True)
class Call:
    """What a customer says in a language, and what was said before by another one."""

    story: Story
    before: str
    words: str
    question: str
    customer: str


CALLS = {
    "en": Call(
        ENGLISH, "The bearing of the new pump howls at night, two months after delivery",
        "The new pump howls at night. We think it is the bearing, two months after delivery.",
        "Is it the whole batch?", "Qingq",
    ),
    "zh-hans": Call(
        Story(**{**ENGLISH.__dict__, "language": "zh-hans"}),
        "新泵轴承夜里异响，装了才两个月", "新泵夜里一直异响，我们怀疑是轴承，装了才两个月。",
        "是不是整批轴承都有问题？", "清泉",
    ),
}  # fmt: skip


@pytest.fixture
def seen_before(people: People, product: Product) -> Callable[[str], Case]:
    """Return what opens and solves a case of another customer, as the trouble was seen first."""

    def made(language: str) -> Case:
        call, now = CALLS[language], clock.now()
        by = Actor.person(people.engineer)
        other = Customer.objects.create(name="立信印染 Lixin")
        mine = Customer.objects.create(name="清泉水务 Qingquan")
        Contact.objects.create(customer=mine, name="罗海燕 Luo", phone="137 0000 9001")
        open_at(now - 2 * HOUR, by=by, customer=mine, title="Invoice 4711", statement="Wrong tax")
        first = walk_to(
            Stage.CLOSED, now - 9 * DAY, by=by, customer=other, product=product, batch=BATCH,
            title=call.before, statement=call.before,
        )  # fmt: skip
        open_at(now - DAY, by=by, customer=other, title=call.before[:20], statement=call.before)
        return first

    return made


class Keys:
    """Hands on a keyboard. Counts the presses that write nothing."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def at(self, selector: str) -> None:
        expect(self.page.locator(selector)).to_be_focused()


def axe_at(person: Person, width: int) -> None:
    """Have the page checked at a width; anything serious is a complaint."""
    person.page.set_viewport_size({"width": width, "height": 768})
    found = Axe().run(person.page).response["violations"]
    person.complaints += [
        f"{width} px: {one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("language", list(CALLS))
def test_a_case_is_written_down_linked_and_opened_by_keyboard_alone_in_under_a_minute(
    language: str,
    live_server: LiveServer,
    people: People,
    seen_before: Callable[[str], Case],
    opened_browser: Opened,
    screenshots: Pictures,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = seen_before(language)
    people.engineer.language = Language(language)
    people.engineer.save()
    call = CALLS[language]
    with opened_browser() as browser:
        engineer = Person.at(
            browser, live_server.url, call.story, partial(screenshots, f"intake-{language}")
        )
        page = engineer.page
        page.set_viewport_size({"width": 1366, "height": 768})
        engineer.sign_in("engineer")
        page.goto("/desk/")
        keys, began = Keys(page), time.monotonic()
        keys.press("n")
        page.wait_for_url("**/cases/new/")
        keys.at("#id_customer_q")
        keys.type(call.customer)
        expect(page.locator("#customers [name=who]")).to_have_count(1)
        keys.press("Enter")
        expect(page.locator("#customers [name=who]")).to_be_checked()
        keys.at("#id_statement")
        expect(page.locator("#similar")).to_contain_text("Invoice 4711")
        keys.type(call.words)
        expect(page.locator(f"#recurs-{first.reference}")).to_be_visible()
        engineer.look("typing")
        page.set_viewport_size({"width": 1366, "height": 768})
        keys.press("Tab")
        keys.at("#id_questions")
        keys.type(call.question)
        keys.press("Enter")
        keys.press("Tab")
        keys.press("4")
        expect(page.locator("[name=emotion][value='4']")).to_be_checked()
        keys.press("Tab")
        keys.at("#id_product_q")
        keys.type("80-250")
        expect(page.locator("#products [name=product]")).to_have_count(1)
        keys.press("Enter")
        keys.at("#id_serial")
        keys.type("CP-2601-4711")
        keys.press("Enter")
        keys.at("#id_batch")
        keys.type(BATCH)
        keys.press("Enter")
        keys.at("#id_purchased_on")
        batch = page.locator("#similar li", has_text=first.reference)
        with translation.override(language):
            expect(batch).to_contain_text(gettext("same batch"))
        keys.press("Alt+r")
        keys.at(f"#recurs-{first.reference}")
        keys.press("Enter")
        expect(page.locator(f"#recurs-{first.reference}")).to_be_checked()
        keys.at("#id_purchased_on")
        engineer.look("linked")
        for width in (1366, 360):
            axe_at(engineer, width)
        keys.press("Control+Enter")
        page.wait_for_url("**/cases/CT-*/")
        took = time.monotonic() - began
        reference = page.url.split("/cases/")[1].split("/")[0]
        page.set_viewport_size({"width": 1366, "height": 768})
        expect(page.locator("[aria-labelledby=recurrence]")).to_contain_text(first.reference)
        engineer.look("opened")
        assert engineer.complaints == [], "\n".join(engineer.complaints)
    case = Case.objects.get(reference=reference)
    assert (case.recurrence_of, case.batch, case.emotion) == (first, BATCH, 4)
    assert case.customer is not None
    assert case.customer.name.endswith("Qingquan")
    assert [one.text for one in case.questions.all()] == [call.question]
    with capsys.disabled():
        print(f"\n{language}: {keys.count} keys beside the text, {took:.1f} s of the machine")
    assert keys.count <= MOST_KEYS
    assert took < MINUTE


def test_a_draft_survives_a_closed_tab_and_a_lost_submit_is_not_doubled(
    live_server: LiveServer,
    people: People,
    seen_before: Callable[[str], Case],
    opened_browser: Opened,
    screenshots: Pictures,
) -> None:
    first = seen_before("en")
    before = Case.objects.count()
    call = CALLS["en"]
    with opened_browser() as browser:
        engineer = Person.at(browser, live_server.url, ENGLISH, partial(screenshots, "draft"))
        engineer.sign_in("engineer")
        page = engineer.page
        page.goto("/cases/new/")
        key, spoke = (page.input_value(f"[name={name}]") for name in ("key", "spoke_at"))
        keys = Keys(page)
        keys.type(call.customer)
        expect(page.locator("#customers [name=who]")).to_have_count(1)
        keys.press("Enter")
        keys.type(call.words)
        page.locator(f"#recurs-{first.reference}").check()
        page.set_input_files("#id_attachments", files=[
            FilePayload(name=name, mimeType="text/plain", buffer=b"7.1 mm/s")
            for name in ("spectrum.txt", "wrong.txt")
        ])  # fmt: skip
        page.get_by_role("button", name="Take out wrong.txt").click()
        expect(page.locator("[data-drop-list] li")).to_have_count(1)
        expect(page.locator("[data-draft-note]")).to_contain_text("Draft kept")
        context = page.context
        page.close()

        engineer.page = page = context.new_page()
        page.goto("/cases/new/")
        expect(page.locator("[data-draft-note]")).to_contain_text("brought back")
        expect(page.locator("#id_statement")).to_have_value(call.words)
        expect(page.locator("#customers [name=who]")).to_be_checked()
        expect(page.locator(f"#recurs-{first.reference}")).to_be_checked()
        assert page.input_value("[name=key]") == key
        assert page.input_value("[name=spoke_at]") == spoke
        expect(page.locator("[data-drop-list] li")).to_have_count(0)

        context.set_offline(True)
        page.locator("#id_statement").press("Control+Enter")
        expect(page.locator("[data-offline]")).to_contain_text("The draft is kept on this device")
        expect(page.locator("#id_statement")).to_have_value(call.words)
        engineer.look("offline")
        context.set_offline(False)

        def lose_the_answer(route: Route) -> None:
            if route.request.method == "POST":
                route.fetch(max_redirects=0)
                route.abort()
            else:
                route.continue_()

        page.route("**/cases/new/", lose_the_answer)
        page.locator("#id_statement").press("Control+Enter")
        page.wait_for_timeout(500)
        page.unroute("**/cases/new/")
        page.goto("/cases/new/")
        expect(page.locator("#id_statement")).to_have_value(call.words)
        assert page.input_value("[name=key]") == key
        expect(page.locator("#customers [name=who]")).to_be_checked()
        page.locator("#id_statement").press("Control+Enter")
        page.wait_for_url("**/cases/CT-*/")
        expect(page.locator("#notices")).to_contain_text("opened already")
        page.goto("/cases/new/")
        expect(page.locator("#id_statement")).to_have_value("")
    assert Case.objects.count() == before + 1
    assert Case.objects.latest("pk").recurrence_of == first


def test_what_came_up_again_is_seen_on_a_case_and_by_the_analyst(
    live_server: LiveServer,
    people: People,
    seen_before: Callable[[str], Case],
    product: Product,
    opened_browser: Opened,
    screenshots: Pictures,
) -> None:
    first = seen_before("zh-hans")
    by, now = Actor.person(people.engineer), clock.now()
    mine = Customer.objects.get(name__startswith="清泉")
    given = {"product": product, "batch": BATCH, "title": CALLS["zh-hans"].words[:20]}
    again = open_at(now - HOUR, by=by, customer=mine, statement=CALLS["zh-hans"].words, **given)
    with opened_browser() as browser:
        engineer = Person.at(browser, live_server.url, ENGLISH, partial(screenshots, "again"))
        engineer.sign_in("engineer")
        page = engineer.page
        page.goto(f"/cases/{again.reference}/")
        panel = page.locator("[aria-labelledby=recurrence]")
        panel.locator("summary").click()
        expect(panel.locator("form")).not_to_have_count(0)
        engineer.look("panel")
        panel.get_by_role("button", name=first.reference).click()
        expect(panel).to_contain_text("Seen first in")
        assert engineer.complaints == []
    fourth = open_at(now - HOUR, by=by, customer=Customer.objects.create(name="New"), **given)
    take_step(fourth, steps.WriteNote(text="Not linked yet"), by=by, now=now)
    with opened_browser() as browser:
        analyst = Person.at(browser, live_server.url, ENGLISH, partial(screenshots, "again"))
        analyst.sign_in("analyst")
        page = analyst.page
        page.goto("/notices/")
        expect(page.locator("[data-row]").first).to_contain_text("The same trouble")
        page.goto("/recurrences/")
        expect(page.locator("article")).to_contain_text("2 customers")
        expect(page.locator("[aria-labelledby=clusters]")).to_contain_text(BATCH)
        page.locator("article summary").click()
        analyst.look("recurrences")
        page.locator("[aria-labelledby=clusters] a").first.click()
        page.wait_for_url("**/recurrences/compare/**")
        analyst.look("compared")
        assert analyst.complaints == []
