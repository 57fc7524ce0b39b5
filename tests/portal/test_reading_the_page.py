"""The page as it is read: every state, both sides of a link, nothing kept by browsers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from customers.models import Contact, Customer
from objections import links, steps
from objections.actors import Actor
from objections.models import Case, CustomerLink
from objections.services.inviting import revoke
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import Channel, Sensitivity, Stage
from tests.conftest import People
from tests.portal.conftest import Visit
from tests.stories import CARRY_OUT, RESTATE, TELL, open_at

pytestmark = pytest.mark.django_db

UNCHOSEN = steps.CommunicateSolution(
    channel=Channel.PHONE, message="Two ways out.", cause="The filter element broke.",
    options=(
        steps.OptionOffered(title="A mechanic comes", benefit="No need to move it",
                            drawback="We need an hour", duration=timedelta(hours=2)),
        steps.OptionOffered(title="We fetch it"),
    ),
)  # fmt: skip

STATES: dict[str, tuple[Stage, tuple[steps.Step, ...], str]] = {
    "listen": (Stage.LISTEN, (), "It has reached us."),
    "acknowledged": (Stage.CONFIRM, (), "We are putting into words"),
    "restated": (Stage.CONFIRM, (RESTATE,), "Did we understand you rightly?"),
    "solving": (Stage.RESPOND, (), "We are finding out what happened"),
    "to choose": (Stage.RESPOND, (UNCHOSEN,), "Which way suits you?"),
    "chosen": (Stage.RESPOND, (TELL,), "The way you chose"),
    "carried out": (Stage.FOLLOW_UP, (), "Is it really solved?"),
    "closed": (Stage.CLOSED, (), "If it comes back, tell us here"),
}


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_shown_in_every_language(state: str, language: str, visit: Visit) -> None:
    stage, more, words = STATES[state]
    visitor = visit(stage, *more)
    shown = visitor.look(lang=language)
    assert visitor.case.reference in shown
    assert ('lang="en"' if language == "en" else 'lang="zh-Han') in shown
    assert language != "en" or words in shown


def test_the_page_is_in_the_language_of_the_customer_until_another_is_tapped(
    visit: Visit, customer: Customer
) -> None:
    Customer.objects.update(language="zh-hans")
    customer.refresh_from_db()
    visitor = visit()
    assert '<html lang="zh-Hans"' in visitor.look()
    assert '<html lang="en"' in visitor.look(lang="en")
    assert '<html lang="zh-Hans"' in visitor.look(lang="klingon")


def test_the_ways_stand_side_by_side_with_what_is_good_and_less_good(visit: Visit) -> None:
    shown = visit(Stage.RESPOND, UNCHOSEN).look()
    for words in ("A mechanic comes", "No need to move it", "We need an hour", "Takes 2 h",
                  "We fetch it", "The filter element broke."):  # fmt: skip
        assert words in shown


def test_what_we_promised_is_shown_with_whether_we_kept_it(visit: Visit, now: datetime) -> None:
    due = now + timedelta(hours=3)
    visitor = visit(
        Stage.RESPOND, steps.Commit(what="A new seal at your gate", due_at=due),
        steps.HandOver(question="Which alloy?", department="Materials"),
    )  # fmt: skip
    page: Any = visitor.browser.get(visitor.address).context["page"]
    marks = [(one.words, one.mark) for one in page.promised]
    assert any(words.startswith("A new seal at your gate") and mark == "open"
               for words, mark in marks)  # fmt: skip
    assert any(words.startswith("Get back to you by") and mark == "kept" for words, mark in marks)
    assert any(words.startswith("Tell you the cause") for words, _mark in marks)
    assert not any("alloy" in words for words, _mark in marks)


def test_what_is_late_is_said_and_regretted(visit: Visit, now: datetime, people: People) -> None:
    visitor = visit(Stage.RESPOND)
    commitment = steps.Commit(what="A call", due_at=now + timedelta(seconds=1))
    take_step(visitor.case, commitment, by=Actor.person(people.engineer), now=now)
    visitor.case.commitments.update(due_at=now - timedelta(minutes=1),
                                    made_at=now - timedelta(minutes=2))  # fmt: skip
    assert "We are late with this, and we are sorry." in visitor.look()


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_tampered_address_opens_nothing(visit: Visit, method: str) -> None:
    visitor = visit()
    for token in ("x", links.token(visitor.link)[:-1], f"{visitor.link.key.hex}:x", "a" * 300,
                  links.token(visitor.link).replace(":", ":A", 1)):  # fmt: skip
        answer = getattr(Browser(), method)(f"/c/{token}/")
        assert answer.status_code == 404
        if method != "head":
            assert b"This link opens nothing" in answer.content
            assert visitor.case.reference.encode() not in answer.content


def test_an_ended_link_says_so_kindly_and_shows_and_takes_nothing(
    visit: Visit, people: People, now: datetime, settings: Any
) -> None:
    settings.CASETRACK_HOUSE_PHONE = "0800 555 0142"
    visitor = visit(Stage.CONFIRM, RESTATE)
    given = visitor.form("confirm")
    CustomerLink.objects.update(expires_at=now)
    for answer in (visitor.browser.get(visitor.address),
                   visitor.browser.post(visitor.address, given)):  # fmt: skip
        assert answer.status_code == 410
        said = answer.content.decode()
        assert "This link has ended" in said
        assert 'href="tel:08005550142"' in said
        assert visitor.case.title not in said
    visitor.case.refresh_from_db()
    assert visitor.case.stage == Stage.CONFIRM


def test_a_revoked_link_has_ended(visit: Visit, people: People, now: datetime) -> None:
    visitor = visit()
    revoke(visitor.link, by=Actor.person(people.engineer), now=now)
    assert visitor.browser.get(visitor.address).status_code == 410


@pytest.mark.parametrize("of", ["page", "unknown"])
def test_nothing_is_indexed_kept_or_told_to_other_sites(visit: Visit, of: str) -> None:
    visitor = visit()
    answer = visitor.browser.get(visitor.address if of == "page" else "/c/x/")
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "sessionid" not in answer.cookies


def test_looking_counts_and_changes_nothing_else(visit: Visit, people: People) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    before = (visitor.case.version, visitor.case.events.count())
    for _time in range(3):
        visitor.look()
    visitor.browser.head(visitor.address)
    staff = Browser()
    staff.force_login(people.engineer)
    assert staff.get(visitor.address).status_code == 200
    visitor.link.refresh_from_db()
    visitor.case.refresh_from_db()
    assert visitor.link.times_opened == 3
    assert visitor.link.opened_at is not None
    assert (visitor.case.version, visitor.case.events.count()) == before
    assert visitor.case.stage == Stage.CONFIRM


def _merged(case: Case, other: Case, by: Actor, now: datetime) -> None:
    take_step(case, steps.Merge(into=other.reference, reason="One matter"), by=by, now=now)


def test_a_merged_case_shows_the_one_it_became_part_of(
    visit: Visit, by: Actor, customer: Customer, contact: Contact, now: datetime
) -> None:
    visitor = visit()
    other = open_at(now, by=by, customer=customer, contact=contact, statement="All of line 2")
    _merged(visitor.case, other, by, now)
    assert other.reference in visitor.look()
    assert visitor.send("message", words="And the pump?").status_code == 302
    assert other.contact_records.filter(words="And the pump?").exists()


@pytest.mark.parametrize("of", ["another contact", "restricted"])
def test_a_merged_case_does_not_show_what_is_somebody_elses(
    of: str, visit: Visit, by: Actor, customer: Customer, contact: Contact, now: datetime
) -> None:
    visitor = visit()
    other = open_at(now, by=by, customer=customer, contact=contact, statement="All of line 2")
    _merged(visitor.case, other, by, now)
    if of == "restricted":
        Case.objects.filter(pk=other.pk).update(sensitivity=Sensitivity.RESTRICTED)
    else:
        somebody = Contact.objects.create(customer=customer, name="Somebody else")
        Case.objects.filter(pk=other.pk).update(contact=somebody)
    answer = visitor.browser.get(visitor.address)
    assert answer.status_code == 410
    assert other.reference not in answer.content.decode()
    assert "We look after this together with another matter" in answer.content.decode()


def test_a_withdrawn_case_can_be_read_and_not_answered(
    visit: Visit, by: Actor, now: datetime
) -> None:
    visitor = visit(Stage.CONFIRM, RESTATE)
    take_step(visitor.case, steps.Withdraw(reason="Entered twice"), by=by, now=now)
    shown = visitor.look()
    assert "<form" not in shown
    assert "Entered twice" not in shown


@pytest.mark.parametrize("times", [1, 30])
def test_the_page_costs_the_same_number_of_queries_however_much_happened(
    times: int, visit: Visit, by: Actor, now: datetime, django_assert_max_num_queries: Any
) -> None:
    visitor = visit(Stage.RESPOND, UNCHOSEN)
    said: list[steps.Step] = []
    for number in range(times):
        said.append(steps.Commit(what=f"Part {number}", due_at=now + timedelta(days=1)))
        said.append(
            steps.ReceiveMessage(channel=Channel.WEB, message="?", questions=(f"{number}?",))
        )
    take_steps(visitor.case, said, by=by, now=now)
    visitor.look()
    with django_assert_max_num_queries(18):
        assert len(visitor.look()) < 60_000


def test_what_was_carried_out_is_told_without_our_proof(visit: Visit) -> None:
    shown = visit(Stage.FOLLOW_UP).look()
    assert "It was carried out" in shown
    assert CARRY_OUT.proof not in shown
