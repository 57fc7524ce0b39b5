"""The same walk by hand: an engineer and a supervisor, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import PASSWORD
from tests.walks.script import Story

SERIOUS = {"serious", "critical"}
REFUSED = "422 (Unprocessable Entity)"  # how a form that was refused is answered
SCHEMES: tuple[tuple[Literal["dark", "light"], str], ...] = (("dark", "-dark"), ("light", ""))
LOCALES = {"en": "en", "zh-hans": "zh-CN"}


@dataclass
class Person:
    """Somebody at a browser. Every page they come to is kept as a picture and looked over."""

    page: Page
    picture: Callable[[str], Path]
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def at(
        cls, browser: Browser, address: str, story: Story, picture: Callable[[str], Path]
    ) -> Person:
        context = browser.new_context(
            base_url=address, locale=LOCALES[story.language], reduced_motion="reduce"
        )
        one = cls(context.new_page(), picture)
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        one.page.on("console", one._heard)
        return one

    def _heard(self, said: object) -> None:
        text = str(getattr(said, "text", said))
        if getattr(said, "type", "") == "error" and not text.endswith(REFUSED):
            self.complaints.append(text)

    def sign_in(self, username: str) -> None:
        self.page.goto("/sign-in/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.press("#id_password", "Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def look(self, name: str) -> None:
        """Keep a picture, light, dark and on a phone; have both colour schemes checked by axe."""
        for scheme, ending in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.screenshot(path=self.picture(f"{name}{ending}"), full_page=True)
            self.complaints += [
                f"{name}{ending}: {one['id']}: {one['nodes'][0]['html'][:160]}"
                for one in Axe().run(self.page).response["violations"]
                if one["impact"] in SERIOUS
            ]
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 360, "height": 780})
        if self.page.evaluate("document.documentElement.scrollWidth") > 360:
            self.complaints.append(f"{name}: scrolls sideways at 360 px")
        self.page.screenshot(path=self.picture(f"{name}-phone"), full_page=True)
        if size is not None:
            self.page.set_viewport_size(size)

    def choose(self, name: str, value: str, within: str = "#step") -> None:
        radio = self.page.locator(f'{within} input[name={name}][value="{value}"]')
        self.page.locator(f'label[for="{radio.get_attribute("id")}"]').click()
        expect(radio).to_be_checked()

    def write(self, within: str = "#step", **texts: str) -> None:
        for name, text in texts.items():
            box = self.page.locator(f"{within} [name={name}]:not([type=radio])")
            box.evaluate("one => { const fold = one.closest('details'); if (fold) fold.open = 1 }")
            box.fill(text)

    def send(self) -> None:
        """Record the step, and see that the page says so."""
        self.page.locator("#step button[type=submit]").last.click()
        expect(self.page.locator("#step .ct-error, #step [data-refused]")).to_have_count(0)

    def do(self, reference: str, action: str) -> None:
        self.page.goto(f"/cases/{reference}/?do={action}#work")


def walk(engineer: Person, supervisor: Person, story: Story) -> str:
    """Walk from signing in to the closed case, and return its reference."""
    engineer.sign_in("engineer")
    engineer.look("01-desk")
    reference = open_case(engineer, story)
    engineer.look("03-case")
    engineer.page.locator("button[name=advance][value=PT15M]").click()
    expect(engineer.page.locator("[data-state=breached]").first).to_be_visible()
    engineer.look("04-late")
    take(supervisor, story, reference)
    acknowledge(engineer, story, reference)
    agree(engineer, story, reference)
    solve(engineer, story, reference)
    follow_up(engineer, story, reference)
    return reference


def open_case(engineer: Person, story: Story) -> str:
    page = engineer.page
    page.goto("/desk/")
    page.keyboard.press("n")
    page.wait_for_url("**/cases/new/")
    form = "form[data-draft]"
    engineer.write(form, new_customer=story.customer, new_contact=story.partner)
    engineer.write(form, statement=story.statement, questions=story.question)
    engineer.choose("emotion", "4", form)
    engineer.choose("kind", "objection", form)
    engineer.choose("channel", "phone", form)
    engineer.look("02-new-case")
    page.locator(f"{form} button[type=submit]").last.click()
    page.wait_for_url("**/cases/CT-*/")
    return page.url.split("/cases/")[1].split("/")[0]


def take(supervisor: Person, story: Story, reference: str) -> None:
    """The breach stands on the board; the supervisor takes it."""
    supervisor.sign_in("supervisor")
    page = supervisor.page
    page.goto("/board/")
    expect(page.locator("h1")).to_have_text(story.board)
    expect(page.locator("#board_take")).to_contain_text(reference)
    supervisor.look("05-board")
    page.locator("#board_take input[name=next_step]").first.fill(story.taken)
    page.locator("#board_take form button[type=submit]").first.click()
    expect(page.locator("#taken ~ *").first).to_contain_text(story.taken)
    supervisor.look("06-taken")


def acknowledge(engineer: Person, story: Story, reference: str) -> None:
    engineer.page.goto("/desk/")
    expect(engineer.page.locator("tr[data-row]").first).to_contain_text(story.late)
    engineer.do(reference, "acknowledge")
    engineer.write(summary=story.acknowledged, next_step=story.next_step)
    engineer.choose("emotion", "3")
    engineer.send()


def agree(engineer: Person, story: Story, reference: str) -> None:
    engineer.do(reference, "restate")
    engineer.look("07-confirm")
    engineer.write(restatement=story.restatement, interest=story.interest)
    engineer.send()
    engineer.do(reference, "confirm")
    engineer.choose("channel", "phone")
    engineer.write(reply=story.agreed)
    engineer.send()


def solve(engineer: Person, story: Story, reference: str) -> None:
    page = engineer.page
    engineer.do(reference, "communicate_solution")
    engineer.write(message=story.told, cause=story.cause)
    page.select_option("#step select[name=cause_category]", "information")
    for number, title in enumerate(story.options):
        box = page.locator("#step [data-blocks=options] [name$=-title]").nth(number)
        box.evaluate("one => { one.closest('details').open = true }")
        box.fill(title)
    page.locator("#step button[type=submit]").last.click()
    expect(page.locator("#step .ct-error, [data-refused], [role=alert]").first).to_be_visible()
    engineer.look("08-question-not-answered")
    page.locator("#step textarea[name*=answer]").first.fill(story.answer)
    engineer.send()
    engineer.do(reference, "choose")
    engineer.choose("option", "1")
    engineer.write(reply=story.choice)
    engineer.send()
    engineer.look("09-chosen")
    engineer.do(reference, "carry_out")
    engineer.write(proof=story.proof)
    engineer.send()


def follow_up(engineer: Person, story: Story, reference: str) -> None:
    page = engineer.page
    engineer.do(reference, "close_satisfied")
    engineer.look("10-follow-up")
    engineer.choose("score", "5")
    engineer.write(words=story.content, lesson=story.lesson)
    page.select_option("#step select[name=cause_category]", "information")
    engineer.send()
    expect(page.locator("body")).to_contain_text(story.content)
    engineer.look("11-closed")
    page.goto(f"/cases/{reference}/")
    page.locator("a[href*=explain]").first.click()
    page.wait_for_url("**/explain/")
    engineer.look("12-explained")
