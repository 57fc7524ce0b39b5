"""Every address of the pages: nobody enters unsigned, and a restricted case does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from customers.models import Customer
from objections.actors import Actor
from objections.models import Case, CaseEvent
from objections.vocabulary import Sensitivity, Stage
from tests.conftest import People
from tests.stories import HOUR, walk_to

pytestmark = pytest.mark.django_db

PUBLIC = {
    "home", "sign-in", "preferences", "healthz", "healthz-timers", "readyz", "metrics", "clock",
    "components", "customer-page",
}  # fmt: skip
"""Pages for everybody: the way to the desk, signing in, probes, the gallery, and the customer's
own by its link."""

FILLED: dict[str, str | int] = {
    "action": "note", "pk": 1, "key": "none", "number": 1, "decision": "approve", "kind": "up",
    "ending": "docx", "name": "background", "absence": 1, "table": "mails", "style": "rational",
    "token": "made-up", "article": 1, "deadline": 1, "template": 1, "sheet": "negotiation",
}  # fmt: skip
"""What stands in an address beside the case. Whether there is such a thing plays no part."""


def pages(patterns: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Return each page with the beginning of its address; programs and administration apart."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from pages(one.url_patterns, here)
        elif isinstance(one, URLPattern) and not here.startswith(("api/", "admin/")):
            yield here, one


def named() -> list[str]:
    return sorted({one.name for _path, one in pages() if one.name})


def address(name: str, case: Case) -> str:
    [found] = {one for _path, one in pages() if one.name == name}
    given = {key: FILLED.get(key, "x") for key in found.pattern.converters}
    if "reference" in given:
        given["reference"] = case.reference
    if "kind" in given and "sheets" in str(found.pattern):
        given["kind"] = "negotiation"
    return reverse(name, kwargs=given)


@pytest.fixture
def restricted(people: People, customer: Customer, t0: datetime) -> Case:
    by = Actor.person(people.engineer)
    return walk_to(Stage.CLOSED, t0 - HOUR, by=by, customer=customer,
                   sensitivity=Sensitivity.RESTRICTED)  # fmt: skip


def test_every_page_has_a_name() -> None:
    assert [path for path, one in pages() if not one.name] == []


def test_nobody_enters_a_page_without_signing_in(restricted: Case) -> None:
    browser, let_in = Browser(), []
    for name in set(named()) - PUBLIC:
        for method in (browser.get, browser.post):
            answer = method(address(name, restricted))
            to_sign_in = answer.status_code == 302 and "/sign-in/" in answer["Location"]
            if not to_sign_in and answer.status_code != 405:
                let_in.append((name, method.__name__, answer.status_code))
    assert sorted(set(let_in) - {("sign-out", "post", 302)}) == []


def of_a_case() -> list[str]:
    found = {one.name for _path, one in pages() if "reference" in one.pattern.converters}
    return sorted(name for name in found if name)


@pytest.mark.parametrize("who", ["stranger", "analyst"])
def test_a_restricted_case_does_not_exist_for_who_is_not_named_on_it(
    who: str, people: People, restricted: Case
) -> None:
    """By no page, and nothing that is sent to one changes the case."""
    browser, shown = Browser(), []
    reader: User = getattr(people, who)
    browser.force_login(reader)
    before = CaseEvent.objects.count()
    for name in of_a_case():
        for method in (browser.get, browser.post):
            answer = method(address(name, restricted))
            if answer.status_code not in (403, 404, 405):
                shown.append((name, method.__name__, answer.status_code))
    assert shown == []
    assert CaseEvent.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM objections_case WHERE id = %s", [restricted.pk])
        assert cursor.fetchone() == (restricted.version,)
