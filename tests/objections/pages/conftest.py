"""People in front of the pages of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from customers.models import Contact, Customer
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Action, Stage
from tests.conftest import People
from tests.stories import walk_to
from timekeeping import clock

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(autouse=True)
def evidence_in_a_folder_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.CASETRACK_EVIDENCE_ROOT = tmp_path / "evidence"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Leave no language behind: a request in Chinese speaks Chinese to its thread afterwards."""
    with translation.override("en"):
        yield


@pytest.fixture
def now(db: None) -> datetime:
    return clock.now()


@pytest.fixture
def sign_in() -> Callable[[User], Browser]:
    def signed_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def at_stage(
    people: People, customer: Customer, contact: Contact, now: datetime
) -> Callable[..., Case]:
    """Return a function that makes a case of the engineer's in a stage, opened just now."""

    def made(stage: Stage = Stage.LISTEN, **more: Any) -> Case:
        ago = more.pop("ago", timedelta(minutes=10))
        return walk_to(
            stage, now - ago, by=Actor.person(people.engineer), customer=customer,
            contact=contact, **more,
        )  # fmt: skip

    return made


def page(browser: Browser, case: Case, **query: Any) -> str:
    answer = browser.get(reverse("case", args=[case.reference]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(browser: Browser, case: Case, action: Action, **data: Any) -> Any:
    """Send a step's form as the page would, with the version it was opened at."""
    given = {"version": case.version, **data}
    return browser.post(reverse("case-step", args=[case.reference, action]), given)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())
