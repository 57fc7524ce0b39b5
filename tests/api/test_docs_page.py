from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, expect, sync_playwright


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_about_the_api_are_drawn_from_our_own_files_alone(
    live_server: Any, chromium: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    complaints: list[str] = []
    asked: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium)
        page = browser.new_page()
        page.on("console", hear)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{live_server.url}/api/docs/")
        step = page.get_by_text("/cases/{reference}/steps/")
        expect(step).to_be_visible(timeout=20_000)
        step.click()
        expect(page.get_by_text("Take a step, or several in a list")).to_be_visible()
        browser.close()

    assert complaints == []
    assert all(url.startswith((live_server.url, "data:", "blob:")) for url in asked)
