"""A rehearsal in a real browser, on a desk and on a phone, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.conftest import PASSWORD, People

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

Opened = Callable[[], AbstractContextManager[Browser]]
Pictures = Callable[[str, str], Path]
WIDE, SMALL = ViewportSize(width=1366, height=900), ViewportSize(width=360, height=780)
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_somebody_rehearses_and_looks_back(
    language: str,
    live_server: LiveServer,
    people: People,
    opened_browser: Opened,
    screenshots: Pictures,
) -> None:
    User.objects.filter(pk=people.engineer.pk).update(language=language)

    def pictures(page: Page, name: str) -> None:
        for size, device in ((SMALL, "phone"), (WIDE, "desk")):
            page.set_viewport_size(size)
            assert not page.evaluate(SIDEWAYS), f"{name} scrolls sideways on a {device}"
            page.screenshot(
                path=screenshots("practice", f"{language}-{name}-{device}"), full_page=True
            )

    with opened_browser() as browser:
        page = browser.new_context(viewport=WIDE).new_page()
        page.goto(f"{live_server.url}/practice/")
        page.fill("[name=username]", "engineer")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator("button[value=stopped_line]")).to_be_visible()
        pictures(page, "choose")
        page.click("button[value=stopped_line]")
        page.click("button[value='5m']")
        page.fill("[name=summary]", "I am sorry if you feel that way. We will come soon.")
        page.locator("label[for=id_emotion_4]").click()
        pictures(page, "first-call")
        page.locator("#step button[type=submit]").first.click()
        expect(page.locator("[name=restatement]").first).to_be_visible()
        page.click("button[value='8h']")
        pictures(page, "restate")
        page.locator("#step button[type=submit]").first.click()
        expect(page.locator(".ct-error").first).to_be_visible()
        pictures(page, "refused")
        page.locator("form[action$='/end/'] button").click()
        expect(page.locator("#next-time")).to_be_visible()
        pictures(page, "debrief")
