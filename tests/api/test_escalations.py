from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from objections.deadlines.sweeping import sweep
from objections.models import Case, Escalation
from objections.vocabulary import Sensitivity
from tests.api.conftest import Walk, codes_of
from tests.conftest import People
from tests.stories import HOUR, MIN
from timekeeping.clock import now

pytestmark = pytest.mark.django_db

URL = "/api/v1/escalations/"


@pytest.fixture
def late(case_at: Walk) -> Case:
    """A case whose acknowledgement is broken, with the supervisor told."""
    case = case_at(at=now() - 20 * MIN)
    sweep(now=now())
    return case


def take_body(**more: Any) -> dict[str, Any]:
    until = (now() + HOUR).isoformat()
    return {"next_step": "I call them myself", "until": until, "taken_by": "supervisor"} | more


def take_url() -> str:
    return f"{URL}{Escalation.objects.get().pk}/take/"


def test_an_open_escalation_is_listed_with_its_levels(api: APIClient, late: Case) -> None:
    [told] = api.get(URL, {"open": 1}).json()["results"]
    assert (told["case"], told["reason"], told["promise"]) == (
        late.reference, "deadline", "acknowledgement",
    )  # fmt: skip
    assert (told["level"], told["taken_by"], told["closed_at"]) == (1, None, None)
    assert [entry["level"] for entry in told["entries"]] == [1]
    assert told["handler"]["username"] == "engineer"
    assert api.get(URL, {"open": 0}).json()["results"] == []
    assert len(api.get(URL).json()["results"]) == 1


def test_a_program_says_who_of_us_takes_it(api: APIClient, late: Case, people: People) -> None:
    answer = api.post(take_url(), take_body())

    assert answer.status_code == 200, answer.json()
    assert answer.json()["taken_by"]["username"] == "supervisor"
    assert answer.json()["next_step"] == "I call them myself"
    event = late.events.get(kind="escalation_taken")
    assert event.client is not None
    assert event.user == people.supervisor


def test_a_second_take_is_refused_with_the_name_of_the_first(api: APIClient, late: Case) -> None:
    api.post(take_url(), take_body())
    again = api.post(take_url(), take_body(taken_by="manager"))
    assert again.status_code == 409
    assert again.json()["code"] == "already_taken"
    assert again.json()["taker"] == {"username": "supervisor", "name": "Supervisor"}
    assert Escalation.objects.get().taken_by.username == "supervisor"  # type: ignore[union-attr]


def test_a_person_takes_it_themselves(late: Case, people: People, signed_in: Any) -> None:
    supervisor = signed_in(people.supervisor)
    body = take_body()
    del body["taken_by"]
    assert supervisor.post(take_url(), take_body(taken_by="manager")).status_code == 400
    assert supervisor.post(take_url(), body).status_code == 200


@pytest.mark.parametrize("who", ["engineer", "stranger", "analyst", "auditor"])
def test_only_those_above_take_it(
    late: Case, people: People, signed_in: Any, api: APIClient, who: str
) -> None:
    body = take_body()
    del body["taken_by"]
    assert signed_in(getattr(people, who)).post(take_url(), body).status_code == 403
    through = api.post(take_url(), take_body(taken_by=who))
    assert (through.status_code, through.json()["code"]) == (403, "not_permitted")
    assert Escalation.objects.get().taken_by is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"next_step": ""}, "next_step"),
        ({"next_step": "x" * 301}, "next_step"),
        ({"until": "2026-03-02T09:00:00"}, "until"),
        ({"until": "2020-03-02T09:00:00Z"}, "until"),
        ({"taken_by": "nobody"}, "taken_by"),
        ({"level": 3}, "level"),
    ],
)
def test_a_take_that_is_written_wrong_changes_nothing(
    api: APIClient, late: Case, more: dict[str, Any], field: str
) -> None:
    answer = api.post(take_url(), take_body(**more))
    assert answer.status_code == 400
    assert {name for name, _code in codes_of(answer)} == {field}
    assert Escalation.objects.get().taken_by is None


def test_a_program_that_names_nobody_is_asked_to(api: APIClient, late: Case) -> None:
    body = take_body()
    del body["taken_by"]
    assert codes_of(api.post(take_url(), body)) == {("taken_by", "required")}


def test_an_escalation_of_a_case_that_is_hidden_does_not_exist(
    api: APIClient, case_at: Walk
) -> None:
    case_at(at=now() - timedelta(minutes=20), sensitivity=Sensitivity.RESTRICTED)
    sweep(now=now())
    assert api.get(URL).json()["results"] == []
    assert api.post(take_url(), take_body()).status_code == 404


def test_the_list_asks_as_much_for_many_as_for_one(
    api: APIClient, case_at: Walk, late: Case, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        case_at(at=now() - 20 * MIN)
    sweep(now=now())
    with django_assert_max_num_queries(6):
        assert len(api.get(URL).json()["results"]) == 6


def test_escalations_come_in_pages(api: APIClient, case_at: Walk, late: Case) -> None:
    for minutes in (40, 30):
        case_at(at=now() - minutes * MIN)
    sweep(now=now())
    first = api.get(URL, {"page_size": 2}).json()
    second = api.get(first["next"]).json()
    found = [one["opened_at"] for one in (*first["results"], *second["results"])]
    assert len(found) == 3
    assert found == sorted(found)
