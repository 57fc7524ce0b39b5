"""What the coach's two addresses answer, to whom, and what they refuse."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Language, User
from customers.models import Customer
from knowledge.coach import minhash
from knowledge.models import JargonTerm
from knowledge.tasks import take_reply_prints
from objections.actors import Actor
from objections.models import Case
from objections.vocabulary import Sensitivity
from tests.conftest import People
from tests.knowledge.coach.test_prints import LETTER, say
from tests.stories import MIN, open_at
from timekeeping import clock

pytestmark = pytest.mark.django_db

RULES, ALIKE = reverse("coach-rules"), reverse("coach-alike")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, given: Any) -> Any:
    return client.post(ALIKE, json.dumps(given), content_type="application/json")


@pytest.fixture
def sent(people: People, customer: Customer) -> Case:
    """A case of a customer to whom a letter went out just now."""
    now = clock.now()
    by = Actor.person(people.engineer)
    case = open_at(now - 2 * MIN, by=by, customer=customer)
    say(case, LETTER, now - MIN, by)
    take_reply_prints()
    return case


def reply_in(answer: Any) -> Any:
    return next((one for one in answer.json()["near"] if one["kind"] == "reply"), None)


def test_the_rules_come_once_and_again_only_when_a_word_was_added(people: People) -> None:
    client = signed_in(people.engineer)
    first = client.get(RULES)
    assert first.headers["Cache-Control"] == "private, no-cache"
    tag = first.headers["ETag"]
    assert client.get(RULES, headers={"if-none-match": tag}).status_code == 304
    JargonTerm.objects.create(term="ZZ-9", plain="the spare", language=Language.ENGLISH)
    again = client.get(RULES, headers={"if-none-match": tag})
    assert again.status_code == 200
    assert {"term": "ZZ-9", "plain": "the spare", "language": "en"} in again.json()["jargon"]


def test_nobody_is_answered_without_signing_in() -> None:
    for answer in (Client().get(RULES), ask(Client(), {})):
        assert answer.status_code == 302


def test_a_letter_to_another_customer_is_named_with_its_day(sent: Case, people: People) -> None:
    numbers = minhash.signature(LETTER)
    found = reply_in(ask(signed_in(people.engineer), {"signature": numbers, "case": ""}))
    assert (found["similarity"], found["name"]) == (1.0, sent.reference)
    assert found["day"]


def test_a_letter_in_the_same_customers_case_is_not_held_against_it(
    sent: Case, people: People
) -> None:
    given = {"signature": minhash.signature(LETTER), "case": sent.reference}
    assert reply_in(ask(signed_in(people.engineer), given)) is None


def test_a_reply_on_a_case_that_does_not_exist_for_the_asker_is_like_nothing(
    sent: Case, people: People
) -> None:
    Case.objects.filter(pk=sent.pk).update(sensitivity=Sensitivity.RESTRICTED, handler=None)
    given = {"signature": minhash.signature(LETTER)}
    assert reply_in(ask(signed_in(people.stranger), given)) is None
    assert reply_in(ask(signed_in(people.auditor), given))["name"] == sent.reference


@pytest.mark.parametrize(
    "given",
    [
        [], {}, {"signature": "text"}, {"signature": [1] * 63}, {"signature": [1.5] * 64},
        {"signature": [1 << 31] * 64}, {"signature": [True] * 64},
        {"signature": [1] * 64, "case": 7}, {"signature": [1] * 64, "case": "\x00"},
        {"signature": [1] * 64, "text": "x" * 4000},
    ],
)  # fmt: skip
def test_anything_but_64_numbers_is_refused(given: Any, people: People) -> None:
    assert ask(signed_in(people.engineer), given).status_code == 400


def test_what_is_no_json_is_refused(people: People) -> None:
    client = signed_in(people.engineer)
    for body in (b"", b"\xff", b"[" * 3000, b"1" * 3900):
        assert client.post(ALIKE, body, content_type="application/json").status_code == 400


def test_the_page_of_a_case_brings_the_coach_with_the_open_questions(
    people: People, customer: Customer, t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    case = open_at(t0, by=by, customer=customer, questions=("Who pays <b>?",))
    page = signed_in(people.engineer).get(f"/cases/{case.reference}/?do=acknowledge")
    text = page.content.decode()
    assert 'data-composer="acknowledge"' in text
    assert f'data-rules="{RULES}?language=en"' in text
    assert '<li data-number="1">Who pays &lt;b&gt;?</li>' in text
