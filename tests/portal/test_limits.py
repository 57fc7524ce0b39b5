"""The page does not let itself be hammered, nor stuffed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client as Browser

from accounts import asking
from portal import limits
from portal.guards import LARGEST_FORM
from tests.portal.conftest import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings: Any) -> Iterator[None]:
    """Three requests a minute of one link, and nobody counted yet."""
    settings.CASETRACK_PAGE_PER_MINUTE = 3
    url = settings.REDIS_URL
    _forget(url)
    yield
    asking.count_again()
    _forget(url)


def _forget(url: str) -> None:
    with redis.Redis.from_url(url) as counts:
        for key in counts.scan_iter(f"{asking.prefix()}*"):
            counts.delete(key)


def test_a_link_that_is_asked_for_too_often_says_so_and_when_to_come_back(visit: Visit) -> None:
    visitor = visit()
    assert [visitor.browser.get(visitor.address).status_code for _ in range(3)] == [200] * 3
    answer = visitor.browser.get(visitor.address)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert "One moment, please" in answer.content.decode()
    assert visitor.case.title not in answer.content.decode()


def test_forms_are_counted_closer_and_what_was_turned_away_did_nothing(visit: Visit) -> None:
    visitor = visit()
    given = {**visitor.form("message"), "words": "Once"}
    assert visitor.browser.post(visitor.address, given).status_code == 302
    again = {**given, "key": "7b0f7d1c-9d0e-4f64-9a38-0d1a3f0f8c11"}
    assert visitor.browser.post(visitor.address, again).status_code == 429
    assert visitor.case.contact_records.filter(words="Once").count() == 1


def test_guessing_links_is_counted_by_where_it_comes_from(visit: Visit, settings: Any) -> None:
    settings.CASETRACK_PROXIES = 1
    guesses = [
        Browser().get(f"/c/{n}/", headers={"x-forwarded-for": f"10.0.0.{n}, 203.0.113.7"})
        for n in range(16)
    ]
    assert [one.status_code for one in guesses] == [404] * 15 + [429]
    other = Browser().get("/c/17/", headers={"x-forwarded-for": "203.0.113.8"})
    assert other.status_code == 404


def test_nobody_is_believed_to_be_a_proxy_where_none_stands(rf: Any, settings: Any) -> None:
    request = rf.get("/", headers={"x-forwarded-for": "203.0.113.7"})
    settings.CASETRACK_PROXIES = 0
    assert limits.address(request) == "127.0.0.1"
    settings.CASETRACK_PROXIES = 2
    assert limits.address(request) == "203.0.113.7"


def test_a_dead_redis_keeps_nobody_from_answering(visit: Visit, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    visitor = visit()
    assert {visitor.browser.get(visitor.address).status_code for _ in range(5)} == {200}


def test_a_form_that_is_too_large_is_not_even_read(visit: Visit, settings: Any) -> None:
    visitor = visit()
    given = {**visitor.form("message"), "words": "x" * LARGEST_FORM}
    answer = visitor.browser.post(visitor.address, given)
    assert answer.status_code == 413
    assert "This is more than the page can take" in answer.content.decode()
