"""The parts of pages in a real browser: ticking, turning, keys, drafts, themes, phones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client as Browser
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from casetrack import gallery
from tests.conftest import People

PATH = "/components/"
INLINE = re.compile(r"<[^>]*\s(style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)|javascript:", re.I)


@pytest.mark.django_db
def test_the_gallery_is_open_in_a_sandbox_only(client: Browser, settings: Settings) -> None:
    assert client.get(PATH).status_code == 200
    settings.CASETRACK_SANDBOX = False
    assert client.get(PATH).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PATH, "/sign-in/", "/nowhere/"])
def test_no_page_carries_a_style_or_a_script_of_its_own(client: Browser, path: str) -> None:
    answer = client.get(path)
    assert INLINE.search(answer.content.decode()) is None
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "sees"), [("engineer", True), ("auditor", False)])
def test_only_who_may_open_a_case_is_led_to_it(
    client: Browser, people: People, who: str, sees: bool
) -> None:
    client.force_login(getattr(people, who))
    assert ('data-key="n"' in client.get(PATH).content.decode()) is sees


@pytest.fixture
def page(
    live_server: LiveServer, chromium: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """An empty page that fails its test if anything is logged as an error."""
    options = getattr(request, "param", {})
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium)
        context = browser.new_context(base_url=live_server.url, locale="en", **options)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if said.type in ("error", "warning") else None,
        )
        yield page
        browser.close()
    meant = ("ERR_INTERNET_DISCONNECTED", "404 (Not Found)")
    assert [error for error in errors if not error.endswith(meant)] == []


def narrow(width: int, scheme: str = "light") -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}


@pytest.mark.browser
def test_a_clock_ticks_and_turns_by_the_server_s_time(page: Page) -> None:
    page.clock.install(time=datetime.now().astimezone() + timedelta(hours=5))  # a wrong device
    page.goto(PATH)
    lead = page.locator(".ct-countdown[data-lead]")
    expect(lead.locator(".ct-countdown-figure")).to_have_text(re.compile(r"^4min\d\d?s"))
    name = lead.get_attribute("aria-label")
    page.clock.run_for(60_000)
    expect(lead.locator(".ct-countdown-figure")).to_have_text(re.compile(r"^3min\d\d?sleft"))
    assert lead.get_attribute("aria-label") == name
    page.clock.run_for(240_000)
    expect(lead).to_have_attribute("data-state", "breached")
    expect(lead.locator(".ct-countdown-figure")).to_have_text(re.compile("late$"))
    expect(lead.locator(".ct-countdown-word")).to_have_text("Due today 10:46")
    expect(lead.locator(".ct-glyph .solid")).to_have_count(1)
    assert "overdue" in (lead.get_attribute("aria-label") or "")
    expect(page.locator("#ct-live")).to_have_text(re.compile("Acknowledgement, overdue"))


@pytest.mark.browser
def test_a_warning_turns_a_clock_without_the_server(page: Page) -> None:
    page.clock.install()
    page.goto(PATH)
    clock = page.locator(".ct-countdown-lg[data-promise='Progress update']")
    expect(clock).to_have_attribute("data-state", "running")
    page.clock.run_for(int(5.5 * 3600 * 1000))
    expect(clock).to_have_attribute("data-state", "warned")
    expect(clock.locator(".ct-countdown-word")).to_have_text("Warned · due today 18:05")


@pytest.mark.browser
def test_a_settled_clock_stands_still(page: Page) -> None:
    page.clock.install()
    page.goto(PATH)
    kept = page.locator(".ct-countdown[data-state=kept] .ct-countdown-figure").first
    before = kept.text_content()
    page.clock.run_for(3_600_000)
    assert kept.text_content() == before


@pytest.mark.browser
def test_rows_are_walked_and_chosen_by_keys(page: Page) -> None:
    page.goto(PATH)
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_have_class(re.compile("row-focus"))
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(rows.nth(1).locator("input")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("#row-1$"))


@pytest.mark.browser
def test_keys_are_letters_while_somebody_types(page: Page) -> None:
    page.goto(PATH)
    words = page.locator("textarea").first
    words.focus()
    page.keyboard.type("jnx?/")
    expect(words).to_have_value("jnx?/")
    expect(page.locator("#ct-keys")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#ct-keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#ct-keys")).to_be_hidden()


@pytest.mark.browser
def test_what_was_typed_survives_a_reload(page: Page) -> None:
    page.goto(PATH)
    form = page.locator("form[data-draft='sample-1']")
    form.locator("textarea").fill("刹车失灵 🚲")
    form.get_by_text("Objection", exact=True).click()
    expect(form.locator("[data-draft-note]")).to_have_text(re.compile(r"Draft kept .* \d\d:\d\d"))
    page.reload()
    expect(form.locator("textarea")).to_have_value("刹车失灵 🚲")
    expect(form.locator("input[value=objection]")).to_be_checked()
    form.get_by_role("button", name="Discard the draft").click()
    expect(form.locator("textarea")).to_have_value("")
    page.reload()
    expect(form.locator("textarea")).to_have_value("")


@pytest.mark.browser
@pytest.mark.parametrize(("answered_by", "kept"), [("/sign-in/", ""), ("/nowhere/", "Stop")])
def test_a_draft_is_forgotten_when_its_form_was_accepted_and_only_then(
    page: Page, live_server: LiveServer, answered_by: str, kept: str
) -> None:
    page.goto(PATH)
    form = page.locator("form[data-draft='sample-1']")
    form.locator("textarea").fill("Stop")
    page.route("**/?statement=*", lambda route: route.continue_(url=live_server.url + answered_by))
    form.evaluate("form => form.requestSubmit()")
    page.wait_for_url("**/?statement=*")
    page.goto(PATH)
    expect(form.locator("textarea")).to_have_value(kept)


@pytest.mark.browser
def test_a_lost_connection_is_said_and_nothing_is_sent(page: Page) -> None:
    page.goto(PATH)
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_contain_text("No connection")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.evaluate("document.querySelector('form[data-draft]').requestSubmit()")
    page.wait_for_timeout(300)
    assert sent == []
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_contain_text("Connected again")


@pytest.mark.browser
@pytest.mark.parametrize("page", [narrow(1440, "dark")], indirect=True)
def test_without_a_choice_the_theme_follows_the_device(page: Page) -> None:
    page.goto("/sign-in/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(root).to_have_attribute("data-bs-theme", "light")


@pytest.mark.browser
@pytest.mark.parametrize("path", [PATH, "/sign-in/"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("page", [narrow(360)], indirect=True)
def test_nothing_is_wider_than_a_phone(page: Page, path: str, language: str) -> None:
    page.goto("/sign-in/")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.browser
@pytest.mark.parametrize("page", [narrow(1440), narrow(1440, "dark")], indirect=True)
@pytest.mark.parametrize("path", [PATH, "/sign-in/"])
def test_axe_finds_nothing(page: Page, path: str) -> None:
    page.goto(path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_figures_of_the_gallery_are_those_of_the_design() -> None:
    shown = {name: clock.figure()[1] for name, clock in gallery.clocks()}
    assert shown["running"] == (("38", "min"),)
    assert shown["warned"] == (("5", "h"), ("43", "min"))
    assert shown["paused"] == (("9", "h"), ("05", "min"))
