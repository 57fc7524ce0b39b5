from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Client, Scope
from customers.models import Contact, Customer, Product, Tier
from objections.models import Case, CaseEvent, Deadline
from objections.vocabulary import Sensitivity
from tests.api.conftest import codes_of, fields_of, program
from tests.conftest import People
from timekeeping.clock import now

pytestmark = pytest.mark.django_db

URL = "/api/v1/cases/"


def body(**more: Any) -> dict[str, Any]:
    return {
        "channel": "phone",
        "statement": "The seal leaks again. Line 2 stands still!",
        "customer": {"external_id": "C-17", "name": "Hengyuan Chemical"},
    } | more


FULL = {
    "source": "crm", "external_id": "T-881", "kind": "complaint", "urgency": "urgent",
    "channel": "phone", "received_at": "2026-03-01T01:02:03Z",
    "statement": "漏了，又漏了。", "questions": ["Who pays?", "When?"], "emotion": 4,
    "customer": {"source": "crm", "external_id": "C-17", "name": "恒源", "tier": "key_account"},
    "contact": {"name": "Zhou Min", "phone": "138 0000 0001", "email": "zhoumin@example.com"},
    "product": {"brand": "Hydra", "model": "CP 80", "serial": "S-1", "purchased_on": "2025-03-01"},
    "symptom_codes": ["H93"], "style": "very_angry", "origin": "quality", "title": "Seal leaks",
    "frequency": "weekly", "since": "January", "expectation": "a new pump",
    "already_tried": "tightened it",
}  # fmt: skip


def test_a_case_is_opened_with_all_that_the_program_knows(api: APIClient) -> None:
    answer = api.post(URL, FULL)

    assert answer.status_code == 201, answer.json()
    told = answer.json()
    case = Case.objects.get()
    assert told["reference"] == case.reference
    assert answer["Location"] == f"http://testserver{URL}{case.reference}/"
    assert answer["ETag"] == '"1"'
    assert answer["Cache-Control"] == "no-store"
    assert (told["stage"], told["version"], told["urgency"]) == ("listen", 1, "urgent")
    assert told["received_at"] == "2026-03-01T01:02:03Z"
    assert told["customer"]["tier"] == "key_account"
    assert told["contact"]["email"] == "zhoumin@example.com"
    assert (told["product"]["brand"], told["serial"]) == ("Hydra", "S-1")
    assert told["purchased_on"] == "2025-03-01"
    assert [question["number"] for question in told["questions"]] == [1, 2]
    assert told["handler"] is None
    assert told["team"] == {"slug": "pumps", "name": "Pumps"}
    assert case.emotion == 4
    assert case.statement == "漏了，又漏了。"
    assert case.already_tried == "tightened it"


def test_what_is_left_out_has_plain_defaults(api: APIClient) -> None:
    before = now()
    told = api.post(URL, body(external_id="T-1")).json()

    case = Case.objects.get()
    assert (case.source, told["kind"], told["urgency"]) == ("crm", "complaint", "normal")
    assert before <= case.received_at <= now()
    assert told["title"].startswith("The seal leaks again.")


def test_the_clocks_of_a_new_case_are_told(api: APIClient) -> None:
    told = api.post(URL, body()).json()

    acknowledgement, response = told["deadlines"]
    assert (acknowledgement["promise"], response["promise"]) == ("acknowledgement", "response")
    assert acknowledgement["state"] == "running"
    assert acknowledgement["allowance"] == "PT15M"
    assert response["allowance"] == "P1D"
    assert acknowledgement["remaining"] == "PT15M"
    assert acknowledgement["next_rung"]["kind"] == "warning"
    assert acknowledgement["policy"]["version"] == 1
    assert acknowledgement["kept_at"] is None
    assert told["next_due_at"] == acknowledgement["due_at"]
    assert told["overdue"] is False


def test_a_customer_who_spoke_an_hour_ago_is_late_at_once(api: APIClient) -> None:
    spoke = now() - timedelta(hours=1)
    told = api.post(URL, body(received_at=spoke.isoformat())).json()

    assert told["overdue"] is True
    assert told["deadlines"][0]["remaining"].startswith("-PT45M")


def test_the_same_external_number_is_refused_with_the_reference(api: APIClient) -> None:
    first = api.post(URL, body(external_id="T-1")).json()
    again = api.post(URL, body(external_id="T-1", statement="Other words"))

    assert again.status_code == 409
    assert again["Content-Type"] == "application/problem+json"
    assert again.json()["code"] == "already_exists"
    assert again.json()["reference"] == first["reference"]
    assert Case.objects.count() == 1


def test_two_sources_may_use_the_same_number(api: APIClient) -> None:
    api.post(URL, body(external_id="T-1"))
    assert api.post(URL, body(external_id="T-1", source="shop")).status_code == 201


def test_a_person_who_gives_a_number_says_whose_it_is(people: People, signed_in: Any) -> None:
    engineer = signed_in(people.engineer)
    answer = engineer.post(URL, body(external_id="T-1"))
    assert codes_of(answer) == {("source", "required")}
    assert engineer.post(URL, body(external_id="T-1", source="crm")).status_code == 201


def test_steps_are_taken_with_the_opening(api: APIClient) -> None:
    steps = [
        {"action": "acknowledge", "channel": "phone", "with": "Zhou Min", "summary": "Thank you.",
         "contacted_by": "engineer"},
        {"action": "restate", "restatement": "It leaks.", "interest": "No stop."},
    ]  # fmt: skip
    answer = api.post(URL, body(steps=steps))

    assert answer.status_code == 201, answer.json()
    assert answer.json()["stage"] == "confirm"
    assert answer.json()["handler"] == {"username": "engineer", "name": "Engineer"}
    assert answer.json()["restatements"][0]["interest"] == "No stop."
    assert answer["ETag"] == f'"{answer.json()["version"]}"'


def test_a_step_that_lacks_something_takes_the_whole_opening_back(api: APIClient) -> None:
    steps = [{"action": "acknowledge", "channel": "phone", "summary": "Thank you."}]
    answer = api.post(URL, body(steps=steps, product={"model": "CP 80"}))

    assert answer.status_code == 409
    assert answer.json()["code"] == "demand_unmet"
    assert answer.json()["missing"][0]["code"] == "contacted_by"
    for model in (Case, CaseEvent, Deadline, Customer, Product):
        assert not model.objects.exists()


def test_a_step_that_the_stage_does_not_allow_takes_the_whole_opening_back(api: APIClient) -> None:
    answer = api.post(URL, body(steps=[{"action": "carry_out", "proof": "Seen."}]))

    assert answer.status_code == 409
    assert answer.json()["code"] == "step_refused"
    assert "acknowledge" in answer.json()["allowed"]
    assert not Case.objects.exists()


def test_a_customer_is_found_by_the_number_of_its_source(api: APIClient) -> None:
    api.post(URL, body())
    api.post(URL, body())
    assert Customer.objects.count() == 1
    assert Case.objects.values("customer").distinct().count() == 1


def test_a_customer_is_found_by_our_own_number(api: APIClient, customer: Customer) -> None:
    told = api.post(URL, body(customer={"id": customer.pk})).json()
    assert told["customer"]["name"] == "Hengyuan Chemical"


def test_an_unknown_number_of_ours_is_refused(api: APIClient) -> None:
    answer = api.post(URL, body(customer={"id": 999}))
    assert answer.status_code == 400
    assert codes_of(answer) == {("customer.id", "unknown")}


def test_a_customer_is_brought_up_to_date_by_a_token_that_may(api: APIClient) -> None:
    api.post(URL, body())
    api.post(URL, body(customer={"external_id": "C-17", "name": "Hengyuan", "tier": "key_account"}))
    customer = Customer.objects.get()
    assert (customer.name, customer.tier) == ("Hengyuan", Tier.KEY_ACCOUNT)


def test_a_token_without_customers_write_finds_and_adds_but_changes_none(
    api: APIClient, crm: Client
) -> None:
    narrow = program(crm, Scope.CASES_WRITE)
    assert narrow.post(URL, body()).status_code == 201
    renamed = {"external_id": "C-17", "name": "Somebody else", "tier": "key_account"}
    told = narrow.post(URL, body(customer=renamed)).json()

    customer = Customer.objects.get()
    assert (customer.name, customer.tier) == ("Hengyuan Chemical", Tier.STANDARD)
    assert told["customer"]["name"] == "Hengyuan Chemical"


def test_a_new_customer_needs_a_name(api: APIClient) -> None:
    answer = api.post(URL, body(customer={"external_id": "C-18"}))
    assert answer.status_code == 400
    assert codes_of(answer) == {("customer.name", "required")}


def test_a_contact_alone_is_a_private_customer(api: APIClient) -> None:
    told = api.post(URL, body(customer=None) | {"contact": {"name": "Li Na"}})
    assert told.status_code == 400  # null is no customer

    without = body(contact={"name": "Li Na", "phone": "139"})
    del without["customer"]
    told = api.post(URL, without).json()
    assert told["customer"]["name"] == told["contact"]["name"] == "Li Na"


def test_a_contact_by_number_brings_its_customer(api: APIClient, contact: Contact) -> None:
    without = body(contact={"id": contact.pk})
    del without["customer"]
    told = api.post(URL, without).json()
    assert told["customer"]["id"] == contact.customer_id
    assert told["contact"]["name"] == "Zhou Min"


def test_a_contact_of_another_customer_is_refused(api: APIClient, contact: Contact) -> None:
    answer = api.post(URL, body(contact={"id": contact.pk}))
    assert answer.status_code == 400
    assert codes_of(answer) == {("contact", "contact_of_customer")}
    assert Customer.objects.count() == 1


def test_a_contact_is_found_by_name_and_brought_up_to_date(api: APIClient) -> None:
    api.post(URL, body(contact={"name": "Zhou Min"}))
    api.post(URL, body(contact={"name": "Zhou Min", "phone": "138"}))
    assert Contact.objects.get().phone == "138"


def test_a_product_is_found_by_brand_and_model(api: APIClient, product: Product) -> None:
    told = api.post(URL, body(product={"brand": "Hydra", "model": "CP 80-250"})).json()
    assert told["product"]["id"] == product.pk
    assert api.post(URL, body(product={"brand": "Hydra"})).status_code == 400


@pytest.mark.parametrize("missing", ["statement", "customer"])
def test_what_a_case_cannot_do_without_is_named(api: APIClient, missing: str) -> None:
    given = body()
    del given[missing]
    answer = api.post(URL, given)
    assert answer.status_code == 400
    assert fields_of(answer) == {missing}


def test_a_live_case_needs_its_channel(api: APIClient) -> None:
    given = body()
    del given["channel"]
    answer = api.post(URL, given)
    assert answer.status_code == 400
    assert fields_of(answer) == {"channel"}
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "grumble"),
        ("urgency", "very"),
        ("channel", "pigeon"),
        ("emotion", 6),
        ("emotion", 0),
        ("emotion", "angry"),
        ("statement", "   "),
        ("statement", "x" * 20_001),
        ("statement", "a\0b"),
        ("statement", ["x"]),
        ("title", "x" * 201),
        ("received_at", "2026-03-02T09:00:00"),
        ("received_at", "2026-03-02"),
        ("received_at", "yesterday"),
        ("received_at", 1772442000),
        ("received_at", "9999-12-31T23:59:59Z"),
        ("received_at", "0001-01-01T00:00:00+14:00"),
        ("received_at", "2200-01-01T00:00:00Z"),
        ("questions", "Who?"),
        ("questions", [""]),
        ("questions", ["x"] * 51),
        ("symptom_codes", ["x" * 25]),
        ("handler", "nobody"),
        ("team", "nowhere"),
        ("named_people", ["nobody"]),
        ("sensitivity", "secret"),
        ("external_id", "x" * 121),
        ("source", "x" * 81),
        ("customer", "Hengyuan"),
        ("customer", {"id": 2**70}),
        ("customer", {}),
        ("customer", {"external_id": "C", "name": "x" * 201}),
        ("customer", {"external_id": "C", "name": "N", "tier": "gold"}),
        ("contact", {"name": "N", "email": "no address"}),
        ("product", {"model": "M", "purchased_on": "31.12.2025"}),
        ("steps", []),
        ("steps", [{"action": "note", "text": "x"}] * 21),
        ("steps", ["acknowledge"]),
        ("steps", {"action": "acknowledge"}),
        ("clock_mode", "historical"),
        ("surprise", 1),
    ],
)
def test_a_wrong_value_is_refused_by_name_and_nothing_is_saved(
    api: APIClient, field: str, value: object
) -> None:
    answer = api.post(URL, body(**{field: value}))

    assert answer.status_code == 400, answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert all(name.split(".")[0] == field for name in fields_of(answer))
    for model in (Case, Customer):
        assert not model.objects.exists()


def test_a_moment_to_come_is_refused(api: APIClient) -> None:
    answer = api.post(URL, body(received_at=(now() + timedelta(hours=1)).isoformat()))
    assert codes_of(answer) == {("received_at", "future")}


def test_an_unknown_field_inside_is_named_by_its_path(api: APIClient) -> None:
    answer = api.post(
        URL,
        body(customer={"name": "N", "colour": 1}, steps=[{"action": "note", "text": "", "x": 1}]),
    )
    assert codes_of(answer) == {
        ("customer.colour", "unknown_field"),
        ("steps.0.x", "unknown_field"),
        ("steps.0.text", "blank"),
    }


@pytest.mark.parametrize("reader", ["analyst", "auditor", "administrator"])
def test_who_only_reads_opens_nothing(people: People, signed_in: Any, reader: str) -> None:
    answer = signed_in(getattr(people, reader)).post(URL, body())
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_permitted"
    assert not Case.objects.exists()


def test_a_program_may_open_a_restricted_case(api: APIClient) -> None:
    told = api.post(URL, body(sensitivity="restricted", named_people=["colleague"])).json()
    case = Case.objects.get()
    assert case.sensitivity == Sensitivity.RESTRICTED
    assert [user.username for user in case.named_people.all()] == ["colleague"]
    assert told["sensitivity"] == "restricted"
