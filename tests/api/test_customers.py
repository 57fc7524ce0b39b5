from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import Client, Scope
from customers.models import Contact, Customer, Tier
from tests.api.conftest import codes_of, program
from tests.conftest import People

URL = "/api/v1/customers/crm/C-17/"


@pytest.mark.django_db
def test_a_customer_is_created_and_read(api: APIClient, people: People) -> None:
    answer = api.put(URL, {
        "name": "Hengyuan", "tier": "key_account", "language": "zh-hans",
        "dedicated_team": "pumps", "emergency_contact": "manager",
        "contacts": [{"name": "Zhou Min", "phone": "138", "job_title": "Plant manager"}],
    })  # fmt: skip
    assert answer.status_code == 201, answer.json()
    told = api.get(URL).json()
    assert told == answer.json()
    assert (told["source"], told["external_id"], told["name"]) == ("crm", "C-17", "Hengyuan")
    assert told["dedicated_team"]["slug"] == "pumps"
    assert told["emergency_contact"]["username"] == "manager"
    assert told["contacts"][0]["job_title"] == "Plant manager"


@pytest.mark.django_db
def test_what_is_left_out_stays_as_it_is(api: APIClient) -> None:
    api.put(URL, {"name": "Hengyuan", "tier": "key_account", "contacts": [{"name": "Zhou Min"}]})
    answer = api.put(URL, {"contacts": [{"name": "Zhou Min", "email": "z@example.com"}]})

    assert answer.status_code == 200
    customer = Customer.objects.get()
    assert (customer.name, customer.tier) == ("Hengyuan", Tier.KEY_ACCOUNT)
    assert Contact.objects.get().email == "z@example.com"


@pytest.mark.django_db
def test_a_new_customer_needs_a_name(api: APIClient) -> None:
    answer = api.put(URL, {"tier": "standard"})
    assert answer.status_code == 400
    assert codes_of(answer) == {("name", "required")}
    assert not Customer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\0"}, "name"),
        ({"name": "N", "tier": "gold"}, "tier"),
        ({"name": "N", "language": "fr"}, "language"),
        ({"name": "N", "dedicated_team": "x"}, "dedicated_team"),
        ({"name": "N", "emergency_contact": "x"}, "emergency_contact"),
        ({"name": "N", "contacts": [{}]}, "contacts.0.name"),
        ({"name": "N", "contacts": {}}, "contacts"),
        ({"name": "N", "id": 1}, "id"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    api: APIClient, people: People, body: dict[str, Any], field: str
) -> None:
    answer = api.put(URL, body)
    assert answer.status_code == 400, answer.json()
    assert {name for name, _code in codes_of(answer)} == {field}
    assert not Customer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["a/b", "äöü 1", "C:17", "%"])
def test_a_number_may_hold_any_character(api: APIClient, number: str) -> None:
    url = f"/api/v1/customers/crm/{quote(number, safe='')}/"
    assert api.put(url, {"name": "N"}).status_code == 201
    assert api.get(url).json()["external_id"] == number


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["%00", "x" * 121])
def test_a_number_that_cannot_be_stored_is_refused(api: APIClient, number: str) -> None:
    url = f"/api/v1/customers/crm/{number}/"
    assert api.put(url, {"name": "N"}).status_code == 400
    assert api.get(url).status_code == 400


@pytest.mark.django_db
def test_a_customer_nobody_knows_is_not_found(api: APIClient) -> None:
    assert api.get(URL).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "may"), [("engineer", True), ("supervisor", True),
                                          ("administrator", True), ("analyst", False),
                                          ("auditor", False)])  # fmt: skip
def test_people_write_customers_unless_they_only_read(
    people: People, signed_in: Any, who: str, may: bool
) -> None:
    answer = signed_in(getattr(people, who)).put(URL, {"name": "N"})
    assert answer.status_code == (201 if may else 403)
    assert Customer.objects.exists() is may


@pytest.mark.django_db(transaction=True)
def test_two_that_write_the_same_customer_at_once_make_one(crm: Client) -> None:
    api = program(crm, Scope.CUSTOMERS_WRITE)

    def put(number: int) -> int:
        try:
            body = {"name": f"N{number}", "contacts": [{"name": "Zhou Min"}]}
            return api.put(URL, body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(put, range(4)))
    assert sorted(answers) == [200, 200, 200, 201]
    assert Customer.objects.count() == Contact.objects.count() == 1
