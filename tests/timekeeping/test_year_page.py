"""The page of a calendar's year in a real browser: on a phone, in the dark, by its own files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.conftest import People
from timekeeping import clock, years
from timekeeping.models import Calendar

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PICTURES = Path(__file__).resolve().parents[2] / "build" / "screenshots" / "calendar"
# Django's own frame of the administration is not ours to judge.
OURS = [["#content-main"]]
LOOKS: dict[str, dict[str, Any]] = {
    "phone-dark": {"viewport": {"width": 360, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 800}, "color_scheme": "light"},
    "desk": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
}


@pytest.fixture
def address(people: People) -> tuple[str, str]:
    """The year's page, and the session of somebody who may see it."""
    calendar = Calendar.objects.get(is_default=True)
    years.fill(calendar, [2026], now=clock.now())
    calendar.days.create(on=date(2026, 7, 16), name="Typhoon", is_one_off=True)
    calendar.days.create(on=date(2026, 12, 31), windows=[["09:00", "12:00"]])
    client = Client()
    client.force_login(people.administrator)
    path = reverse("admin:timekeeping_calendar_year", args=[calendar.pk, 2026])
    return path, client.cookies[settings.SESSION_COOKIE_NAME].value


def look(page: Page) -> dict[str, Any]:
    """Which checks fail on our part of the page, and how far it is wider than the screen."""
    found = Axe().run(page, context={"include": OURS}).response["violations"]
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return {"wrong": [(each["id"], each["nodes"][0]["html"]) for each in found], "wider": wider}


@pytest.mark.parametrize("name", LOOKS)
def test_a_year_fits_the_screen_and_can_be_read_by_everybody(
    live_server: LiveServer, chromium: dict[str, Any], address: tuple[str, str], name: str
) -> None:
    complaints: list[str] = []
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium)
        context = browser.new_context(base_url=live_server.url, locale="en", **LOOKS[name])
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": address[1],
                              "url": live_server.url}])  # fmt: skip
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text)
                if said.type in ("error", "warning") else None)  # fmt: skip
        page.goto(address[0])
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        seen = look(page)
        months = page.locator(".year-months table").count()
        national = page.locator("a.day.holiday", has_text="National Day").first
        title = national.get_attribute("title") or ""
        national.click()
        landed = page.url
        browser.close()
    assert seen["wrong"] == []
    assert seen["wider"] <= 0
    assert months == 12
    assert "no working hours" in title
    assert "/admin/timekeeping/calendarday/" in landed
    # The administration has no icon of its own, which a browser asks for.
    assert [said for said in complaints if not said.endswith("404 (Not Found)")] == []
