"""Sending the customer a link: by which way, in which words, by whom, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from customers.models import Contact, Customer
from objections import links, steps
from objections.actors import CUSTOMER, Actor
from objections.errors import DemandUnmet, NotPermitted
from objections.models import Case, CustomerLink, CustomerMail, CustomerText
from objections.services.inviting import LINK_LASTS, revoke
from objections.services.stepping import take_step
from objections.vocabulary import Action, ClockMode, EventKind, LinkMedium, Promise, Stage
from tests.conftest import People
from tests.objections.record import refused
from tests.stories import MIN, RESTATE, open_at, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(by: Actor, customer: Customer, contact: Contact, t0: datetime) -> Case:
    return walk_to(Stage.CONFIRM, t0, by=by, customer=customer, contact=contact)


@pytest.fixture
def sign_in() -> Callable[[User], Browser]:
    def signed_in(user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    return signed_in


def invite(case: Case, by: Actor, now: datetime, **more: Any) -> CustomerLink:
    take_step(case, steps.Invite(**({"medium": LinkMedium.EMAIL} | more)), by=by, now=now)
    return case.links.latest("pk")


def test_by_mail_a_link_of_thirty_days_goes_to_the_contact(
    case: Case, by: Actor, t0: datetime
) -> None:
    now = t0 + 5 * MIN
    link = invite(case, by, now, words="Please look.")
    assert link.expires_at - now == LINK_LASTS == timedelta(days=30)
    mail = CustomerMail.objects.get()
    assert (mail.to, mail.body) == ("zhoumin@hengyuan.example", "Please look.")
    assert link.sent_in == mail.contact_record
    event = case.events.get(kind=EventKind.INVITED)
    assert (event.data["medium"], event.data["words"]) == ("email", "Please look.")


def test_an_invitation_keeps_no_promise(case: Case, by: Actor, t0: datetime) -> None:
    running = case.deadlines.running().count()
    link = invite(case, by, t0 + 5 * MIN)
    assert case.deadlines.running().count() == running
    assert link.sent_in is not None
    assert not link.sent_in.proves.exists()
    assert case.deadlines.running().filter(promise=Promise.PROGRESS_UPDATE).exists()


def test_another_address_or_number_may_be_named(case: Case, by: Actor, t0: datetime) -> None:
    invite(case, by, t0 + 5 * MIN, to="boss@hengyuan.example")
    assert CustomerMail.objects.get().to == "boss@hengyuan.example"
    invite(case, by, t0 + 6 * MIN, medium=LinkMedium.SMS, phone="+86 (138) 0000-0009")
    assert CustomerText.objects.get().to == "+8613800000009"


@pytest.mark.parametrize("typed", ["12", "a number", "+", "1" * 30])
def test_what_is_no_number_is_asked_for_again(
    typed: str, case: Case, by: Actor, t0: datetime
) -> None:
    with refused(DemandUnmet) as found:
        invite(case, by, t0 + 5 * MIN, medium=LinkMedium.SMS, phone=typed)
    assert [one.code for one in found.value.missing] == ["number"]


def test_without_a_gateway_no_text_message_is_promised(
    case: Case, by: Actor, t0: datetime, settings: Any
) -> None:
    settings.CASETRACK_SMS_GATEWAY = ""
    with refused(DemandUnmet) as found:
        invite(case, by, t0 + 5 * MIN, medium=LinkMedium.SMS)
    assert [one.code for one in found.value.missing] == ["gateway"]


def test_nobody_is_invited_to_a_case_that_is_only_observed_or_that_has_no_address(
    by: Actor, customer: Customer, t0: datetime
) -> None:
    observed = open_at(t0, by=by, customer=customer, clock_mode=ClockMode.OBSERVE)
    with refused(DemandUnmet) as found:
        invite(observed, by, t0 + MIN)
    assert {one.code for one in found.value.missing} == {"invite_live", "address"}


def test_the_language_is_the_customers_else_that_of_their_words(
    case: Case, by: Actor, customer: Customer, t0: datetime
) -> None:
    assert links.language_of(case) == "en"
    case.statement = "泵又漏了"
    assert links.language_of(case) == "zh-hans"
    Customer.objects.update(language="zh-hant")
    case.refresh_from_db()
    assert invite(case, by, t0 + 5 * MIN).language == "zh-hant"


def test_only_our_signature_opens(case: Case, by: Actor, t0: datetime) -> None:
    link = invite(case, by, t0 + 5 * MIN)
    assert links.find(links.token(link)) == link
    forged = signing.Signer(salt="another").sign(link.key.hex)
    unknown = signing.Signer(salt=links.SALT).sign("0" * 32)
    for token in (link.key.hex, forged, unknown, f"{links.token(link)}x", "", "x" * 5000):
        assert links.find(token) is None
    assert links.address(link).endswith(f"/c/{links.token(link)}/")


def test_a_link_is_revoked_once_and_by_those_who_work_on_the_case(
    case: Case, by: Actor, people: People, t0: datetime
) -> None:
    link = invite(case, by, t0 + 5 * MIN)
    for stranger in (Actor.person(people.stranger), CUSTOMER):
        with refused(NotPermitted):
            revoke(link, by=stranger, now=t0 + 6 * MIN)
    version = case.version
    for _time in range(2):
        found = revoke(link, by=by, now=t0 + 6 * MIN)
    assert (found.revoked_at, found.revoked_by) == (t0 + 6 * MIN, people.engineer)
    case.refresh_from_db()
    assert case.version == version + 1
    assert case.events.filter(kind=EventKind.LINK_REVOKED).count() == 1


def test_a_customer_invites_nobody(case: Case, t0: datetime) -> None:
    with refused(NotPermitted):
        invite(case, CUSTOMER, t0 + 5 * MIN)


# In the browser


def shown(browser: Browser, case: Case, do: str = "invite") -> Any:
    answer = browser.get(reverse("case", args=[case.reference]), {"do": do})
    assert answer.status_code == 200
    return answer.context["form"]


def test_the_form_begins_with_words_in_the_customers_language(
    case: Case, people: People, sign_in: Callable[[User], Browser]
) -> None:
    Customer.objects.update(language="zh-hans")
    form = shown(sign_in(people.engineer), case)
    assert form["to"].value() == "zhoumin@hengyuan.example"
    assert form["phone"].value() == "138 0000 0001"
    assert [value for value, _label in form.fields["medium"].choices] == ["email", "sms", "by_hand"]
    assert [bound.name for bound in form.main] == ["medium", "to", "phone", "words"]


def test_without_a_gateway_the_form_says_so_and_offers_the_other_ways(
    case: Case, people: People, sign_in: Callable[[User], Browser], settings: Any
) -> None:
    settings.CASETRACK_SMS_GATEWAY = ""
    browser = sign_in(people.engineer)
    form = shown(browser, case)
    assert [value for value, _label in form.fields["medium"].choices] == ["email", "by_hand"]
    assert "no gateway is known" in str(form.fields["medium"].help_text)


def test_saying_back_and_sending_the_link_is_one_tick(
    case: Case, people: People, sign_in: Callable[[User], Browser]
) -> None:
    browser = sign_in(people.engineer)
    typed = {"version": case.version, "restatement": "The seal leaks.", "interest": "No stop.",
             "invite": "on"}  # fmt: skip
    answer = browser.post(reverse("case-step", args=[case.reference, Action.RESTATE]), typed)
    assert answer.status_code == 302
    assert case.restatements.count() == 1
    assert case.links.get().medium == LinkMedium.EMAIL


def test_the_tick_is_not_offered_where_nobody_can_be_reached(
    case: Case, people: People, contact: Contact, sign_in: Callable[[User], Browser]
) -> None:
    assert "invite" in shown(sign_in(people.engineer), case, "restate").fields
    Contact.objects.update(email="", phone="")
    assert "invite" not in shown(sign_in(people.engineer), case, "restate").fields


def test_the_panel_lists_the_links_and_shows_addresses_to_those_who_act(
    case: Case, by: Actor, people: People, sign_in: Callable[[User], Browser]
) -> None:
    from timekeeping import clock

    now = clock.now()
    Case.objects.filter(pk=case.pk).update(received_at=now - MIN)
    take_step(case, RESTATE, by=by, now=now)
    link = invite(case, by, now, medium=LinkMedium.BY_HAND)
    url = reverse("case-links", args=[case.reference])
    part = sign_in(people.engineer).get(url, headers={"hx-request": "true"}).content.decode()
    assert links.address(link) in part
    assert "not opened yet" in part
    assert "<html" not in part
    whole = sign_in(people.stranger).get(url).content.decode()
    assert "<html" in whole
    assert links.token(link) not in whole
    revoked = reverse("case-link-revoke", args=[case.reference, link.pk])
    assert sign_in(people.engineer).post(revoked).status_code == 302
    part = sign_in(people.engineer).get(url, headers={"hx-request": "true"}).content.decode()
    assert "revoked" in part
    assert links.address(link) not in part
