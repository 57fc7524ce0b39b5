"""A customer's record: what is open, what was, how content they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer, Product
from dashboards.selectors import customers
from objections.actors import Actor
from objections.vocabulary import Stage
from tests.conftest import People
from tests.dashboards.conftest import LookAs, restrict
from tests.stories import DAY, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db


def test_the_record_parts_what_is_owed_from_what_was(
    people: People, customer: Customer, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    closed = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
    still_open = open_at(t0 + DAY, by=by, customer=customer)
    record = customers.record(customer, people.engineer, 1, now=t0 + DAY + MIN)
    assert [row.case for row in record.open_rows] == [still_open]
    assert [row.case for row in record.history] == [closed]
    assert record.open_rows[0].clock is not None
    assert record.total == 2
    assert [one.verdict.score for one in record.scores] == [5]
    assert record.mean == 5


def test_what_came_up_more_than_once_is_counted(
    people: People, customer: Customer, product: Product, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    for codes in (("H93",), ("H93", "P04")):
        open_at(t0, by=by, customer=customer, product=product, symptom_codes=codes)
    open_at(t0, by=by, customer=customer)
    record = customers.record(customer, people.engineer, 1, now=t0 + MIN)
    assert [(one.what, one.count) for one in record.products] == [("Hydra CP 80-250", 2)]
    assert [(one.what, one.count) for one in record.symptoms] == [("H93", 2)]


def test_a_restricted_case_is_neither_listed_nor_counted_nor_scored(
    people: People, customer: Customer, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    restrict(walk_to(Stage.CLOSED, t0, by=by, customer=customer, handler=people.engineer))
    seen = customers.record(customer, people.stranger, 1, now=t0 + DAY)
    assert (seen.total, list(seen.history), list(seen.scores)) == (0, [], [])
    [listed] = customers.find(people.stranger, "Hengyuan", 1)
    assert (listed.all_cases, listed.last_at) == (0, None)
    [own] = customers.find(people.engineer, "Hengyuan", 1)
    assert own.all_cases == 1


@pytest.mark.parametrize("words", ["hengyuan", "Zhou", "138 0000", "C-17"])
def test_a_customer_is_found_by_name_contact_phone_or_number(
    people: People, customer: Customer, contact: Contact, words: str
) -> None:
    Customer.objects.create(name="Elsewhere")
    customer.source, customer.external_id = "crm", "C-17"
    customer.save()
    found = customers.find(people.engineer, words, 1)
    assert [one.customer for one in found] == [customer]


def test_the_page_tells_people_team_and_emergency_contact(
    people: People, key_account: Customer, look_as: LookAs
) -> None:
    key_account.emergency_contact = people.manager
    key_account.save()
    page = look_as(people.engineer).get(f"/customers/{key_account.pk}/").content.decode()
    for words in ("Key accounts", "Manager", "Key account", "Nothing is open", "Nothing so far"):
        assert words in page


def test_a_customer_who_does_not_exist_is_not_found(people: People, look_as: LookAs) -> None:
    for address in ("/customers/999/", f"/customers/{10**30}/"):
        assert look_as(people.engineer).get(address).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_cases(
    people: People,
    customer: Customer,
    look_as: LookAs,
    present: datetime,
    django_assert_max_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    browser, by = look_as(people.engineer), Actor.person(people.engineer)
    counts = []
    for many in (1, 30):
        for _number in range(many):
            open_at(present - MIN, by=by, customer=customer)
        walk_to(Stage.CLOSED, present - HOUR, by=by, customer=customer)
        with django_assert_max_num_queries(30) as asked:
            browser.get(f"/customers/{customer.pk}/")
        with django_assert_max_num_queries(9):
            browser.get("/customers/")
        counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1]
