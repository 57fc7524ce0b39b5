from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from rest_framework.test import APIClient

from accounts import asking
from accounts.models import Client, Scope
from tests.api.conftest import program
from tests.conftest import People

pytestmark = pytest.mark.django_db

URL = "/api/v1/cases/"


@pytest.fixture(autouse=True)
def few(settings: Any) -> Iterator[None]:
    """Three requests a minute, and nobody counted yet."""
    settings.CASETRACK_API_PER_MINUTE = 3
    url = settings.REDIS_URL
    _forget(url)
    yield
    asking.count_again()
    _forget(url)


def _forget(url: str) -> None:
    with redis.Redis.from_url(url) as counts:
        for key in counts.scan_iter(f"{asking.prefix()}*"):
            counts.delete(key)


def test_who_asks_too_often_is_told_when_to_ask_again(api: APIClient) -> None:
    assert [api.get(URL).status_code for _ in range(3)] == [200, 200, 200]
    answer = api.get(URL)
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "throttled"
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_the_count_is_the_clients_and_not_the_tokens(api: APIClient, crm: Client) -> None:
    for _ in range(3):
        api.get(URL)
    assert program(crm, Scope.CASES_READ).get(URL).status_code == 429
    other = Client.objects.create(name="shop")
    assert program(other, Scope.CASES_READ).get(URL).status_code == 200


def test_people_are_counted_each_for_themselves(
    api: APIClient, people: People, signed_in: Any
) -> None:
    for _ in range(4):
        answer = signed_in(people.engineer).get(URL)
    assert answer.status_code == 429
    assert signed_in(people.colleague).get(URL).status_code == 200


def test_what_was_turned_away_has_done_nothing(api: APIClient) -> None:
    for _ in range(3):
        api.get(URL)
    body = {"statement": "S", "channel": "web", "customer": {"name": "N"}}
    assert api.post(URL, body).status_code == 429


def test_without_a_limit_nobody_is_counted(api: APIClient, settings: Any) -> None:
    settings.CASETRACK_API_PER_MINUTE = 0
    assert {api.get(URL).status_code for _ in range(6)} == {200}


def test_a_dead_redis_keeps_nobody_from_asking(api: APIClient, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert {api.get(URL).status_code for _ in range(6)} == {200}
