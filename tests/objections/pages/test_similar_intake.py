"""What looks like the case that is being typed, and why it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from customers.models import Contact, Customer, Product
from knowledge import rarity
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Sensitivity, Stage
from tests.conftest import People
from tests.objections.pages.conftest import text_of
from tests.stories import DAY, HOUR, open_at, walk_to

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
SAID = "新泵夜里一直异响，我们怀疑是轴承，装了才两个月。"
BEFORE = "新泵轴承夜里异响，装了才两个月"
BATCH = "B26-07"


@pytest.fixture(autouse=True)
def fresh_statistics() -> Iterator[None]:
    rarity.forget()
    yield
    rarity.forget()


@pytest.fixture
def first(people: People, product: Product, now: datetime) -> Case:
    """The trouble as another customer had it, solved nine days ago."""
    other = Customer.objects.create(name="立信印染")
    return walk_to(
        Stage.CLOSED, now - 9 * DAY, by=Actor.person(people.engineer), customer=other,
        product=product, batch=BATCH, title=BEFORE, statement=BEFORE,
    )  # fmt: skip


def ask(browser: Browser, *, live: bool = True, **typed: Any) -> Any:
    headers = {"HX-Request": "true"} if live else {}
    return browser.post(reverse("new-case-similar"), typed, headers=headers)


def test_chinese_words_find_the_trouble_and_say_what_satisfied_that_customer(
    people: People, sign_in: SignIn, first: Case
) -> None:
    shown = text_of(ask(sign_in(people.engineer), statement=SAID))
    assert f'value="{first.reference}"' in shown
    assert "% of the words" in shown
    assert "Replace tonight" in shown
    assert "score 5 of 5" in shown
    quiet = text_of(ask(sign_in(people.engineer), statement="发票抬头写错了"))
    assert first.reference not in quiet


def test_the_same_product_and_batch_are_named_as_the_reason(
    people: People, sign_in: SignIn, first: Case, product: Product
) -> None:
    browser = sign_in(people.engineer)
    shown = text_of(ask(browser, statement="Noise", product=product.pk, batch=BATCH))
    assert "same product, same batch" in shown
    assert f'value="{first.reference}"' in shown
    other = Product.objects.create(brand="Hydra", model="SW 40")
    shown = text_of(ask(browser, statement="Noise", product=other.pk, batch=BATCH))
    assert f'value="{first.reference}"' not in shown


def test_open_cases_of_the_same_customer_come_first_and_can_be_opened_instead(
    people: People, sign_in: SignIn, first: Case, contact: Contact, now: datetime
) -> None:
    by = Actor.person(people.engineer)
    mine = open_at(now - HOUR, by=by, customer=contact.customer, title="Invoice 4711")
    shown = text_of(ask(sign_in(people.engineer), statement=SAID, who=str(contact.customer_id)))
    assert f"Open {mine.reference} instead of a new case" in shown
    assert f'value="{mine.reference}"' not in shown
    assert shown.index(mine.reference) < shown.index(first.reference)
    assert "2 cases look like this one" in shown


def test_what_was_chosen_stays_chosen_and_can_be_undone(
    people: People, sign_in: SignIn, first: Case
) -> None:
    shown = text_of(ask(sign_in(people.engineer), statement="", recurrence_of=first.reference))
    assert f'value="{first.reference}" checked' in shown
    assert "No recurrence: open it without a link" in shown


def test_a_restricted_case_is_not_suggested_to_others(
    people: People, sign_in: SignIn, first: Case
) -> None:
    Case.objects.filter(pk=first.pk).update(sensitivity=Sensitivity.RESTRICTED, handler=None)
    typed: dict[str, Any] = {"statement": SAID, "batch": BATCH, "recurrence_of": first.reference}
    shown = text_of(ask(sign_in(people.stranger), **typed))
    assert f'value="{first.reference}"' not in shown
    assert BEFORE not in shown


def test_without_a_script_a_button_shows_the_same_and_nothing_typed_is_lost(
    people: People, sign_in: SignIn, first: Case
) -> None:
    answer = ask(sign_in(people.engineer), live=False, statement=SAID, serial="S-1", key="x")
    shown = text_of(answer)
    assert answer.status_code == 200
    assert f'value="{first.reference}"' in shown
    assert SAID in shown
    assert 'value="S-1"' in shown
    assert "data-refused" not in shown


@pytest.mark.parametrize("typed", [
    {}, {"statement": "\0"}, {"who": "x:y"}, {"product": "1;DROP"}, {"recurrence_of": "\0'"},
    {"statement": "长" * 50_000, "symptom_codes": ",,;"},
])  # fmt: skip
def test_nothing_that_is_typed_can_break_it(
    typed: dict[str, Any], people: People, sign_in: SignIn, first: Case
) -> None:
    assert ask(sign_in(people.engineer), **typed).status_code == 200


def test_those_who_open_no_cases_are_shown_nothing(people: People, sign_in: SignIn) -> None:
    for reader in (people.analyst, people.auditor, people.administrator):
        assert ask(sign_in(reader), statement=SAID).status_code == 403
    assert sign_in(people.engineer).get(reverse("new-case-similar")).status_code == 405


def test_it_asks_the_database_little(
    people: People, sign_in: SignIn, first: Case, contact: Contact, product: Product,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    browser = sign_in(people.engineer)
    typed: dict[str, Any] = {
        "statement": SAID, "who": str(contact.customer_id), "product": product.pk, "batch": BATCH,
    }  # fmt: skip
    ask(browser, **typed)
    with django_assert_max_num_queries(16):
        ask(browser, **typed)


def test_a_case_page_suggests_what_it_may_recur_of_to_those_who_may_link(
    people: People, sign_in: SignIn, first: Case, product: Product, customer: Customer,
    now: datetime,
) -> None:  # fmt: skip
    by = Actor.person(people.engineer)
    case = open_at(now - HOUR, by=by, customer=customer, statement=SAID, product=product)
    url = reverse("case-recurrence-suggested", args=[case.reference])
    assert f"Link to {first.reference}" in text_of(sign_in(people.engineer).get(url))
    assert first.reference not in text_of(sign_in(people.stranger).get(url))
    step = reverse("case-step", args=[case.reference, "link_recurrence"])
    sent = {"version": case.version, "of": first.reference}
    assert sign_in(people.engineer).post(step, sent).status_code == 302
    page = text_of(sign_in(people.engineer).get(f"/cases/{case.reference}/"))
    assert "Seen first in" in page
    assert "undo the link" in page
    assert first.reference not in text_of(sign_in(people.engineer).get(url))
