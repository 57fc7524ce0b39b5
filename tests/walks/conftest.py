"""A live server that pages and programs call, and a browser that looks at it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts import tokens
from accounts.models import Client, Scope
from tests.conftest import People
from tests.walks.calls import Caller
from timekeeping import clock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def morning(transactional_db: None) -> datetime:
    """Push the sandbox clock to tomorrow at ten, at home.

    A walk tells its story in minutes, and the night rule moves a progress update that would
    fall after 21:00: told in the evening, two tellings of one story would differ.
    """
    now = clock.now()
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    ten = timezone.make_aware(datetime.combine(tomorrow, time(10)))
    clock.advance(ten - now)
    return ten


@pytest.fixture
def caller(live_server: LiveServer, people: People, morning: datetime) -> Caller:
    """A CRM with a token for everything."""
    token = tokens.issue(Client.objects.create(name="crm"), list(Scope), now=clock.now())
    return Caller(live_server.url, token)


@pytest.fixture
def opened_browser(chromium: dict[str, Any]) -> Callable[[], AbstractContextManager[Browser]]:
    """Open a browser for a while. The database is to be asked before and after, not meanwhile."""

    @contextmanager
    def opened() -> Iterator[Browser]:
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(**chromium)
            yield launched
            launched.close()

    return opened


@pytest.fixture(scope="session")
def screenshots() -> Callable[[str, str], Path]:
    """Where pictures of a walk are kept: `build/screenshots`, or CASETRACK_SCREENSHOTS."""
    folder = Path(os.environ.get("CASETRACK_SCREENSHOTS", ROOT / "build" / "screenshots"))

    def name(walk: str, picture: str) -> Path:
        (folder / walk).mkdir(parents=True, exist_ok=True)
        return folder / walk / f"{picture}.png"

    return name
