"""Opening a case while the customer speaks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from customers.models import Contact, Customer, Product, Tier
from objections.actors import Actor
from objections.models import Case, Deadline
from objections.vocabulary import Channel, DeadlineState, Emotion, Kind, Promise, Stage
from tests.conftest import People
from tests.objections.pages.conftest import PNG, text_of
from tests.objections.pages.test_step_forms import typed
from tests.stories import HOUR, MIN, open_at

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Browser]
URL = "/cases/new/"


@pytest.fixture
def filled(now: datetime, contact: Contact) -> dict[str, Any]:
    """What an engineer has typed at the end of a short call."""
    return {
        "key": str(uuid.uuid4()), "spoke_at": (now - 3 * MIN).isoformat(),
        "who": f"{contact.customer_id}:{contact.pk}",
        "statement": "The rear brake just went to the bar.\nI ride my daughter to school on this.",
        "questions": ["Is it safe to ride home today?", "", "Why is squealing normal?"],
        "emotion": "4", "kind": "complaint", "urgency": "urgent", "channel": "phone",
        "sensitivity": "normal", "symptom_codes": "BRK-1, BRK-2 BRK-1", "serial": "VC-25-118823",
    }  # fmt: skip


def send(browser: Browser, data: dict[str, Any], **more: Any) -> Any:
    return browser.post(reverse("new-case"), {**data, **more})


def test_a_case_is_opened_with_all_that_was_said(
    people: People, sign_in: SignIn, filled: dict[str, Any], contact: Contact, now: datetime
) -> None:
    answer = send(sign_in(people.engineer), filled)
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.reference}/"
    assert (case.customer, case.contact) == (contact.customer, contact)
    assert case.statement == filled["statement"].replace("\r\n", "\n")
    assert case.title == "The rear brake just went to the bar."
    assert [question.text for question in case.questions.all()] == [
        "Is it safe to ride home today?", "Why is squealing normal?",
    ]  # fmt: skip
    assert (case.emotion, case.channel, case.kind) == (Emotion.ANGRY, Channel.PHONE, Kind.COMPLAINT)
    assert case.symptom_codes == ["BRK-1", "BRK-2"]
    assert case.handler == people.engineer


def test_the_clock_runs_from_when_the_customer_began_to_speak(
    people: People, sign_in: SignIn, filled: dict[str, Any], now: datetime
) -> None:
    send(sign_in(people.engineer), filled)
    case = Case.objects.get()
    assert case.received_at == now - 3 * MIN
    due = case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).due_at
    assert due == now + 12 * MIN


def test_the_time_may_be_corrected(
    people: People, sign_in: SignIn, filled: dict[str, Any], now: datetime
) -> None:
    spoke = (now - HOUR).replace(second=0, microsecond=0)
    send(sign_in(people.engineer), filled, received_at=typed(spoke))
    assert Case.objects.get().received_at == spoke


def test_opening_and_acknowledging_take_one_submit(
    people: People, sign_in: SignIn, filled: dict[str, Any], now: datetime
) -> None:
    answer = send(
        sign_in(people.engineer), filled, acknowledged="on", ack_channel="phone",
        ack_summary="Thank you. The brake failed.", ack_next_step="Liu comes to fetch it",
        ack_next_by=typed(now + HOUR),
    )  # fmt: skip
    case = Case.objects.get()
    assert answer.status_code == 302
    assert case.stage == Stage.CONFIRM
    acknowledgement = case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT)
    assert acknowledgement.state == DeadlineState.KEPT


def test_an_acknowledgement_without_its_parts_opens_nothing(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    answer = send(sign_in(people.engineer), filled, acknowledged="on", ack_summary="Thanks")
    assert answer.status_code == 422
    assert not Case.objects.exists()
    assert "This belongs to the acknowledgement." in text_of(answer)


def test_a_next_step_by_a_time_that_has_passed_opens_nothing(
    people: People, sign_in: SignIn, filled: dict[str, Any], now: datetime
) -> None:
    answer = send(
        sign_in(people.engineer), filled, acknowledged="on", ack_channel="phone",
        ack_summary="Thank you. The brake failed.", ack_next_step="Liu comes to fetch it",
        ack_next_by=typed(now - HOUR),
    )  # fmt: skip
    assert answer.status_code == 422
    assert not Case.objects.exists()
    assert "ack_next_by" in answer.context["form"].errors


def test_the_same_form_sent_twice_opens_one_case(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    browser = sign_in(people.engineer)
    first, second = send(browser, filled), send(browser, filled)
    assert Case.objects.count() == 1
    assert first.headers["Location"] == second.headers["Location"]


def test_other_words_under_the_key_of_an_open_case_are_kept_and_sent_again_open_their_own(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    browser = sign_in(people.engineer)
    send(browser, filled)
    other = send(browser, filled, statement="And the front brake squeals")
    first = Case.objects.get()
    assert other.status_code == 409
    assert "And the front brake squeals" in text_of(other)
    assert f"{first.reference} was opened from this form already" in text_of(other)
    key = other.context["form"]["key"].value()
    assert key != filled["key"]
    send(browser, filled, statement="And the front brake squeals", key=key)
    assert Case.objects.count() == 2


def test_a_case_is_linked_as_a_recurrence_while_it_is_opened(
    people: People, sign_in: SignIn, filled: dict[str, Any], now: datetime
) -> None:
    by = Actor.person(people.engineer)
    first = open_at(now - HOUR, by=by, customer=Customer.objects.create(name="Green Wheels"))
    assert send(sign_in(people.engineer), filled, recurrence_of=first.reference).status_code == 302
    assert Case.objects.latest("pk").recurrence_of == first


@pytest.mark.parametrize("named", ["CT-2026-999999", "nonsense", "restricted"])
def test_a_recurrence_of_what_does_not_exist_for_somebody_opens_nothing_and_keeps_the_words(
    named: str, people: People, sign_in: SignIn, filled: dict[str, Any], now: datetime
) -> None:
    boss = Actor.person(people.supervisor)
    hidden = open_at(
        now - HOUR, by=boss, customer=Customer.objects.create(name="Green Wheels"),
        sensitivity="restricted", handler=people.supervisor,
    )  # fmt: skip
    named = hidden.reference if named == "restricted" else named
    answer = send(sign_in(people.engineer), filled, recurrence_of=named)
    shown = text_of(answer)
    assert answer.status_code == 422
    assert "There is no case" in shown
    assert "I ride my daughter to school on this." in shown
    assert Case.objects.count() == 1


def test_a_second_submit_writes_down_no_second_customer(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    new = {**filled, "who": "", "new_customer": "Aldergrove Dairy", "new_contact": "Ann Reid",
           "new_phone": "01234", "new_tier": "standard"}  # fmt: skip
    browser = sign_in(people.engineer)
    send(browser, new)
    send(browser, new)
    assert Customer.objects.filter(name="Aldergrove Dairy").count() == 1
    assert Case.objects.get().contact == Contact.objects.get(name="Ann Reid")


def test_a_new_customer_and_product_are_written_down_in_place(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    send(
        sign_in(people.engineer), filled, who="", new_customer="苏州清泉水务",
        new_contact="罗海燕", new_email="luo@qingquan.example", new_tier="key_account",
        new_brand="Hydra", new_model="DP 25 计量泵",
    )  # fmt: skip
    case = Case.objects.get()
    assert case.customer is not None
    assert (case.customer.name, case.customer.tier) == ("苏州清泉水务", Tier.KEY_ACCOUNT)
    assert case.contact is not None
    assert case.contact.email == "luo@qingquan.example"
    assert str(case.product) == "Hydra DP 25 计量泵"


def test_a_private_customer_needs_one_name_only(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    send(sign_in(people.engineer), filled, who="", new_contact="Hannah Whitfield")
    case = Case.objects.get()
    assert str(case.customer) == str(case.contact) == "Hannah Whitfield"


def test_a_refused_form_keeps_everything_and_writes_down_nobody(
    people: People, sign_in: SignIn, filled: dict[str, Any], now: datetime
) -> None:
    answer = send(
        sign_in(people.engineer), filled, who="", new_customer="Nobody yet",
        received_at=typed(now + 2 * HOUR),
    )  # fmt: skip
    shown = text_of(answer)
    assert answer.status_code == 422
    assert "This time lies in the future." in shown
    assert "I ride my daughter to school on this." in shown
    assert 'value="Is it safe to ride home today?"' in shown
    assert 'value="Nobody yet"' in shown
    assert filled["key"] in shown
    assert not Customer.objects.filter(name="Nobody yet").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("who", "", "Choose the customer"),
        ("who", "999999", "not known any more"),
        ("who", "x:y", "not known any more"),
        ("statement", " ", "This field is required"),
        ("statement", "\0", "Null characters"),
        ("statement", "长" * 300_000, "at most 20000"),
        ("channel", "pigeon", "valid choice"),
        ("product", "999999", "valid choice"),
        ("product", "\0", "Null characters"),
        ("emotion", "9", "valid choice"),
        ("purchased_on", "2026-13-45", "valid date"),
        ("received_at", "9999-12-31T23:59", "valid date"),
        ("symptom_codes", "x" * 30, "at most 24 characters"),
        ("new_email", "no address", "valid email"),
        ("questions", ["?"] * 40, "At most 30 lines"),
        ("key", "not a key", "valid UUID"),
        ("spoke_at", "never", "valid date"),
    ],
)
def test_wrong_input_is_named_and_opens_nothing(
    people: People, sign_in: SignIn, filled: dict[str, Any], name: str, value: Any, words: str
) -> None:
    answer = send(sign_in(people.engineer), filled, **{name: value})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Case.objects.exists()


def test_emoji_and_ten_thousand_characters_are_kept_as_they_are(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    words = "泵又漏了😡" + "很急。" * 3_300
    assert send(sign_in(people.engineer), filled, statement=words).status_code == 302
    assert Case.objects.get().statement == words


def test_evidence_comes_with_the_case_or_not_at_all(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    browser = sign_in(people.engineer)
    bad = [SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.html", b"<script>")]
    answer = send(browser, filled, attachments=bad)
    assert answer.status_code == 422
    assert "b.html: Files of this type are not accepted." in text_of(answer)
    assert not Case.objects.exists()
    good = [SimpleUploadedFile("a.png", PNG), SimpleUploadedFile("b.png", PNG)]
    assert send(browser, filled, attachments=good).status_code == 302
    assert Case.objects.get().evidence.count() == 2


def test_without_a_script_customers_are_found_by_a_button_and_nothing_typed_is_lost(
    people: People, sign_in: SignIn, filled: dict[str, Any], contact: Contact
) -> None:
    answer = send(sign_in(people.engineer), filled, who="", customer_q="zhou", find="customer")
    shown = text_of(answer)
    assert answer.status_code == 200
    assert f'value="{contact.customer_id}:{contact.pk}"' in shown
    assert "I ride my daughter to school on this." in shown
    assert "data-refused" not in shown


def test_customers_are_found_by_name_contact_and_telephone(
    people: People, sign_in: SignIn, contact: Contact
) -> None:
    browser = sign_in(people.engineer)
    for typed_so_far in ("hengyuan", "Zhou", "138 0000", "zhoumin@"):
        found = text_of(browser.get(reverse("pick-customer"), {"customer_q": typed_so_far}))
        assert "Zhou Min" in found, typed_so_far
    for typed_so_far in ("", "h", "nobody at all", "\0", "%"):
        found = text_of(browser.get(reverse("pick-customer"), {"customer_q": typed_so_far}))
        assert "Zhou Min" not in found, typed_so_far


def test_one_chinese_character_is_enough_to_search(people: People, sign_in: SignIn) -> None:
    Customer.objects.create(name="宁波东港造纸")
    found = sign_in(people.engineer).get(reverse("pick-customer"), {"customer_q": "宁"})
    assert "宁波东港造纸" in text_of(found)


def test_products_are_found_by_brand_and_model_together(
    people: People, sign_in: SignIn, product: Product
) -> None:
    browser = sign_in(people.engineer)
    Product.objects.create(brand="Hydra", model="SW 40")
    found = text_of(browser.get(reverse("pick-product"), {"product_q": "hyd 80-250"}))
    assert "CP 80-250" in found
    assert "SW 40" not in found
    odd = browser.get(reverse("pick-product"), {"product_q": "\0", "product": "1;DROP"})
    assert odd.status_code == 200


def test_the_shown_clock_follows_kind_and_urgency(people: People, sign_in: SignIn) -> None:
    browser = sign_in(people.engineer)
    url = reverse("new-case-clock")
    complaint = browser.get(url, {"kind": "complaint"}).context["clock"]
    inquiry = browser.get(url, {"kind": "inquiry", "urgency": "normal"}).context["clock"]
    odd = browser.get(url, {"kind": "x", "spoke_at": "\0", "received_at": "1-1-1"}).context["clock"]
    late = browser.get(url, {"spoke_at": "9999-12-31T23:59:59+00:00"}).context["clock"]
    assert complaint.allowance == odd.allowance == late.allowance == timedelta(minutes=15)
    assert inquiry.allowance == timedelta(hours=2)


def test_those_who_only_read_open_nothing(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    for reader in (people.analyst, people.auditor, people.administrator):
        assert sign_in(reader).get(URL).status_code == 403
        assert send(sign_in(reader), filled).status_code == 403
    assert not Case.objects.exists()


def test_the_page_is_small_and_asks_the_database_little(
    people: People, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(people.engineer)
    with django_assert_max_num_queries(15):
        answer = browser.get(URL)
    assert answer.status_code == 200
    assert len(answer.content) < 60_000
    assert answer.content.count(b"btn btn-primary") == 1


def test_a_restricted_case_stays_visible_to_whoever_opened_it(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    browser = sign_in(people.engineer)
    answer = send(browser, filled, sensitivity="restricted")
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert sign_in(people.stranger).get(answer.headers["Location"]).status_code == 404


def test_every_clock_of_the_new_case_stands_on_the_record(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    send(sign_in(people.engineer), filled)
    promises = set(Deadline.objects.values_list("promise", flat=True))
    assert promises == {Promise.ACKNOWLEDGEMENT, Promise.RESPONSE}


def test_a_restricted_case_exists_for_the_people_named_and_the_one_who_opened_it(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    more = {"sensitivity": "restricted", "named_people": [str(people.stranger.pk)]}
    send(sign_in(people.supervisor), filled, **more, style="cautious", origin="risk")
    case = Case.objects.get()
    assert (case.style, case.origin) == ("cautious", "risk")
    path = f"/cases/{case.reference}/"
    seen_by = {
        person.username: sign_in(person).get(path).status_code
        for person in (people.stranger, people.supervisor, people.analyst)
    }
    assert seen_by == {"stranger": 200, "supervisor": 200, "analyst": 404}


def test_nobody_who_only_reads_can_be_named_on_a_case(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    answer = send(sign_in(people.engineer), filled, named_people=[str(people.auditor.pk)])
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_a_name_that_nobody_has_is_written_down_as_somebody_new(
    people: People, sign_in: SignIn, filled: dict[str, Any]
) -> None:
    browser = sign_in(people.engineer)
    hint = browser.get(reverse("pick-customer"), {"customer_q": "Nobody Yet"})
    assert "written down as somebody new" in text_of(hint)
    assert send(browser, filled, who="", customer_q=" Nobody  Yet ").status_code == 302
    assert Case.objects.get().customer == Customer.objects.get(name="Nobody Yet")


@pytest.mark.parametrize("typed", ["138 0000 0001", "somebody@hengyuan.example", "Hengyuan"])
def test_a_number_or_a_name_that_somebody_has_must_be_chosen(
    people: People, sign_in: SignIn, filled: dict[str, Any], typed: str
) -> None:
    answer = send(sign_in(people.engineer), filled, who="", customer_q=typed)
    assert answer.status_code == 422
    assert "Choose the customer" in text_of(answer)
    assert not Case.objects.exists()
