from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from customers.models import Customer, Product
from objections import steps
from objections.actors import Actor
from objections.services.stepping import take_steps
from objections.vocabulary import Kind, Sensitivity, Stage, Urgency
from tests.api.conftest import Walk, codes_of
from tests.conftest import People
from tests.stories import DAY, HOUR, MIN
from timekeeping.clock import now

pytestmark = pytest.mark.django_db

URL = "/api/v1/cases/"


def listed(api: APIClient, **asked: Any) -> list[str]:
    answer = api.get(URL, asked)
    assert answer.status_code == 200, answer.json()
    return [one["reference"] for one in answer.json()["results"]]


def walked(api: APIClient, **asked: Any) -> list[str]:
    """Return what all pages list, one after the other."""
    page = api.get(URL, asked).json()
    found = [one["reference"] for one in page["results"]]
    while page["next"]:
        page = api.get(page["next"]).json()
        found += [one["reference"] for one in page["results"]]
    return found


def test_what_is_due_first_comes_first_and_what_is_not_due_last(
    api: APIClient, case_at: Walk
) -> None:
    closed = case_at(Stage.CLOSED, at=now() - 9 * DAY)
    late = case_at(at=now() - HOUR)
    fresh = case_at()
    told = api.get(URL).json()["results"]
    assert [one["reference"] for one in told] == [late.reference, fresh.reference, closed.reference]
    assert [one["overdue"] for one in told] == [True, False, False]
    assert told[2]["next_due_at"] is None


@pytest.mark.parametrize("ordering", ["received_at", "-received_at", "updated_at", "-updated_at"])
def test_other_orders(api: APIClient, case_at: Walk, ordering: str) -> None:
    for hours in (2, 3, 1):
        case_at(at=now() - hours * HOUR)
    column = ordering.lstrip("-")
    found = [one[column] for one in api.get(URL, {"ordering": ordering}).json()["results"]]
    assert found == sorted(found, reverse=ordering.startswith("-"))


@pytest.mark.parametrize("ordering", ["next_due", "received_at", "-updated_at"])
def test_pages_list_every_case_once(api: APIClient, case_at: Walk, ordering: str) -> None:
    same = now() - HOUR
    for number in range(7):
        case_at(Stage.CLOSED if number % 3 else Stage.LISTEN, at=same)
    whole = listed(api, ordering=ordering)
    assert len(whole) == 7
    assert walked(api, ordering=ordering, page_size=2) == whole


def test_a_page_stays_right_while_cases_are_added(api: APIClient, case_at: Walk) -> None:
    old = [case_at(at=now() - hours * HOUR).reference for hours in (4, 3, 2, 1)]
    first = api.get(f"{URL}?ordering=received_at&page_size=2").json()
    case_at(at=now() - 9 * HOUR)
    second = api.get(first["next"]).json()
    found = [one["reference"] for one in (*first["results"], *second["results"])]
    assert found == old


@pytest.mark.parametrize("cursor", ["x", "!!", "bnVsbA", "W10", "WyJ1cGRhdGVkX2F0IiwxLDFd", "é"])
def test_a_cursor_that_is_none_is_refused(api: APIClient, people: People, cursor: str) -> None:
    answer = api.get(URL, {"cursor": cursor})
    assert answer.status_code == 400
    assert codes_of(answer) == {("cursor", "invalid")}


def test_a_cursor_of_another_order_is_refused(api: APIClient, case_at: Walk) -> None:
    for _ in range(2):
        case_at()
    page = api.get(URL, {"page_size": 1}).json()
    assert api.get(page["next"] + "&ordering=updated_at").status_code == 400


@pytest.mark.parametrize("size", ["0", "201", "-1", "many", ""])
def test_a_page_has_1_to_200_rows(api: APIClient, people: People, size: str) -> None:
    answer = api.get(URL, {"page_size": size})
    assert answer.status_code == 400
    assert {field for field, _code in codes_of(answer)} == {"page_size"}


def test_filters_choose_by_what_a_case_is(
    api: APIClient, case_at: Walk, people: People, key_account: Customer, product: Product
) -> None:
    plain = case_at(Stage.CONFIRM).reference
    crisis = case_at(kind=Kind.INQUIRY, urgency=Urgency.CRISIS, product=product).reference
    key = case_at(customer=key_account, contact=None).reference
    everything = {plain, crisis, key}

    assert listed(api, stage="confirm") == [plain]
    assert set(listed(api, stage=["confirm", "listen"])) == everything
    assert listed(api, kind="inquiry") == listed(api, urgency="crisis") == [crisis]
    assert listed(api, tier="key_account") == listed(api, team="key") == [key]
    assert set(listed(api, handler="engineer")) == {plain, crisis}
    assert listed(api, product=product.pk) == [crisis]
    assert listed(api, customer=key_account.pk) == [key]
    assert listed(api, team="nowhere") == listed(api, handler="nobody") == []


def test_a_customer_is_chosen_by_the_number_of_its_source(
    api: APIClient, case_at: Walk, people: People
) -> None:
    theirs = Customer.objects.create(name="A", source="crm", external_id="C:17")
    case = case_at(customer=theirs, contact=None)
    case_at()
    assert listed(api, customer="crm:C:17") == [case.reference]
    assert listed(api, customer="crm:other") == []
    assert codes_of(api.get(URL, {"customer": "C17"})) == {("customer", "unclear")}


def test_overdue_is_what_is_late_by_now_and_not_what_the_sweep_saw(
    api: APIClient, case_at: Walk
) -> None:
    late, fresh = case_at(at=now() - HOUR).reference, case_at().reference
    assert listed(api, overdue=1) == listed(api, overdue="true") == [late]
    assert listed(api, overdue=0) == [fresh]


def test_due_before_a_moment(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    at = now()
    assert listed(api, due_before=(at + 10 * MIN).isoformat()) == []
    assert listed(api, due_before=(at + 16 * MIN).isoformat()) == [case.reference]
    answer = api.get(URL, {"due_before": "2026-03-02T09:00:00"})
    assert codes_of(answer) == {("due_before", "zone")}


def test_updated_since_finds_what_a_mirror_has_not_seen(
    api: APIClient, case_at: Walk, people: People
) -> None:
    old = case_at(at=now() - DAY)
    case_at(at=now() - DAY)
    since = now()
    assert listed(api, updated_since=since.isoformat()) == []
    take_steps(old, [steps.WriteNote(text="x")], by=Actor.person(people.engineer), now=now())
    assert listed(api, updated_since=since.isoformat(), ordering="updated_at") == [old.reference]


def test_words_are_found_in_title_statement_reference_number_and_customer(
    api: APIClient, case_at: Walk, people: People
) -> None:
    case = case_at(statement="水泵漏水了。", external_id="T-881", source="crm")
    other = case_at(customer=Customer.objects.create(name="Qingquan"), contact=None)
    assert listed(api, q="漏水") == listed(api, q="T-881") == [case.reference]
    assert listed(api, q=case.reference.lower()) == [case.reference]
    assert listed(api, q="qingq") == [other.reference]
    assert listed(api, q="100%_") == []
    assert listed(api, external_id="T-881") == [case.reference]


@pytest.mark.parametrize(
    "asked",
    [{"stage": "limbo"}, {"kind": "x"}, {"overdue": "perhaps"}, {"q": "\0"}, {"q": "x" * 201},
     {"ordering": "name"}, {"product": "pump"}, {"product": str(2**80)}, {"colour": "red"},
     {"team": "\0"}, {"customer": "\0:x"}, {"updated_since": "yesterday"}],
)  # fmt: skip
def test_a_filter_that_cannot_be_understood_is_refused_by_name(
    api: APIClient, people: People, asked: dict[str, str]
) -> None:
    answer = api.get(URL, asked)
    assert answer.status_code == 400
    assert {field.split(".")[0] for field, _code in codes_of(answer)} == set(asked)


def test_a_restricted_case_is_listed_for_those_who_may_see_it_alone(
    api: APIClient, case_at: Walk, people: People, signed_in: Any
) -> None:
    hidden = case_at(sensitivity=Sensitivity.RESTRICTED, statement="Sssh, a secret.")
    assert listed(api) == listed(api, q="secret") == []
    assert listed(signed_in(people.colleague)) == []
    assert listed(signed_in(people.engineer)) == [hidden.reference]


def test_a_list_asks_as_much_of_the_database_for_50_cases_as_for_one(
    api: APIClient, case_at: Walk, product: Product
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert api.get(URL, {"page_size": 200}).status_code == 200
        return len(seen)

    case_at(product=product)
    one = queries()
    for number in range(49):
        customer = Customer.objects.create(name=f"Customer {number}")
        case_at(customer=customer, contact=None, product=product)
    assert len(listed(api, page_size=200)) == 50
    assert queries() == one
    assert one <= 8


def test_a_moment_with_an_offset_is_understood(api: APIClient, case_at: Walk) -> None:
    case = case_at()
    from datetime import timezone

    at = (now() + timedelta(minutes=16)).astimezone(timezone(timedelta(hours=8)))
    assert listed(api, due_before=at.isoformat()) == [case.reference]
