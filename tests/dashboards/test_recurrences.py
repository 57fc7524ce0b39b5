"""The page of what came up again, and of what nobody has linked yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import User
from customers.models import Customer, Product
from objections.actors import Actor
from objections.models import Case
from objections.services.stepping import take_step
from objections.steps import LinkRecurrence
from objections.vocabulary import Stage
from tests.conftest import People
from tests.dashboards.conftest import restrict
from tests.stories import DAY, HOUR, open_at, walk_to

pytestmark = pytest.mark.django_db
LookAs = Callable[[User], Browser]
URL = "/recurrences/"
BATCH = "B26-07"


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def three(by: Actor, product: Product, present: datetime) -> list[Case]:
    """One batch at three customers; the first one is solved."""
    given: dict[str, Any] = {"by": by, "product": product, "batch": BATCH}
    names = [Customer.objects.create(name=name) for name in ("Lixin", "Jinyuan", "Tongtai")]
    return [
        walk_to(Stage.CLOSED, present - 20 * DAY, customer=names[0], title="It howls", **given),
        open_at(present - 9 * DAY, customer=names[1], title="It howls, too", emotion=5, **given),
        open_at(present - DAY, customer=names[2], title="And here", **given),
    ]


def link(case: Case, to: Case, by: Actor, now: datetime) -> None:
    take_step(case, LinkRecurrence(of=to.reference), by=by, now=now)


def text(browser: Browser, **asked: Any) -> str:
    answer = browser.get(URL, asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_linked_cases_stand_together_with_what_they_have_in_common(
    three: list[Case], by: Actor, people: People, present: datetime, look_as: LookAs
) -> None:
    for case in three[1:]:
        link(case, three[0], by, present)
    page = text(look_as(people.analyst))
    assert "3 cases · 3 customers · 2 still open" in page
    assert f"batch {BATCH}" in page
    assert "5 furious" in page or "furious" in page
    assert "Material" in page
    assert all(case.reference in page for case in three)
    assert "Not linked yet" not in page


def test_what_nobody_linked_is_shown_until_it_is_one_trouble(
    three: list[Case], by: Actor, people: People, present: datetime, look_as: LookAs
) -> None:
    assert "3 cases · 3 customers" in text(look_as(people.analyst))
    link(three[1], three[0], by, present)
    page = text(look_as(people.analyst))
    assert "Not linked yet" in page
    found = look_as(people.analyst).get(f"{URL}compare/", {"of": [c.reference for c in three]})
    assert all(case.title in found.content.decode() for case in three)
    assert "link_recurrence" not in found.content.decode()
    found = look_as(people.supervisor).get(f"{URL}compare/", {"of": [c.reference for c in three]})
    assert found.content.decode().count("link_recurrence") == 1


def test_one_customer_and_what_is_long_ago_is_no_hint(
    by: Actor, people: People, product: Product, customer: Customer, present: datetime,
    look_as: LookAs,
) -> None:  # fmt: skip
    given: dict[str, Any] = {"by": by, "product": product, "symptom_codes": ("BRG-1",)}
    other = Customer.objects.create(name="Lixin")
    for ago in (2 * HOUR, DAY):
        open_at(present - ago, customer=customer, **given)
    old = walk_to(Stage.CLOSED, present - 100 * DAY, customer=other, **given)
    assert "Not linked yet" not in text(look_as(people.analyst))
    open_at(present - HOUR, customer=other, **given)
    page = text(look_as(people.analyst))
    assert "symptom BRG-1" in page
    assert old.reference not in page


def test_period_and_product_narrow_the_list_and_nonsense_is_an_error(
    three: list[Case], by: Actor, people: People, product: Product, present: datetime,
    look_as: LookAs,
) -> None:  # fmt: skip
    link(three[1], three[0], by, present)
    other = Product.objects.create(brand="Hydra", model="SW 40")
    given: dict[str, Any] = {"by": by, "product": other, "customer": three[0].customer}
    pair = [open_at(present - DAY, title=title, **given) for title in ("Hums", "Hums again")]
    link(pair[1], pair[0], by, present)
    browser = look_as(people.analyst)
    assert "Hums again" in text(browser, days=30, product=other.pk)
    assert "It howls" in text(browser, days=30, product=product.pk)
    assert "It howls, too" not in text(browser, days=30, product=other.pk)
    Case.objects.filter(pk__in=[three[0].pk, three[1].pk]).update(
        received_at=present - 40 * DAY, opened_at=present - 40 * DAY
    )
    assert "It howls, too" not in text(browser, days=30, product=product.pk).split("Not linked")[0]
    assert "valid choice" in text(browser, days="7;DROP").lower()
    assert text(browser, days="90", product="x", page="0")


def test_restricted_cases_are_counted_and_not_named(
    three: list[Case], by: Actor, people: People, present: datetime, look_as: LookAs
) -> None:
    for case in three[1:]:
        link(case, three[0], by, present)
    restrict(three[0])
    for reader in (people.analyst, people.auditor):
        page = text(look_as(reader))
        assert three[0].reference not in page
        assert "2 cases · 2 customers" in page
        assert "1 more that is not for your eyes" in page
        found = look_as(reader).get(f"{URL}compare/", {"of": three[0].reference})
        assert three[0].title not in found.content.decode()


@pytest.mark.parametrize("who", ["engineer", "colleague", "stranger"])
def test_the_page_is_for_those_who_look_across_cases(
    who: str, people: People, look_as: LookAs
) -> None:
    browser = look_as(getattr(people, who))
    for url in (URL, f"{URL}compare/"):
        assert browser.get(url).status_code == 403
    assert URL not in browser.get("/desk/").content.decode()
    for reader in (people.supervisor, people.manager, people.analyst, people.auditor):
        assert look_as(reader).get(URL).status_code == 200
        assert look_as(reader).get(f"{URL}compare/", {"of": "x"}).status_code == 200


def test_the_page_asks_the_database_little(
    three: list[Case], by: Actor, people: People, present: datetime, look_as: LookAs,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    link(three[1], three[0], by, present)
    browser = look_as(people.analyst)
    with django_assert_max_num_queries(22):
        text(browser)
