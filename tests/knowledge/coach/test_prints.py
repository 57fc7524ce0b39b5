"""Replies that were sent are known again by their fingerprints, fast and without their words."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Language
from customers.models import Customer
from knowledge import prints
from knowledge.coach import minhash
from knowledge.models import ReplyPrint, ReplyTemplate
from knowledge.tasks import take_reply_prints
from objections import steps
from objections.actors import Actor
from objections.models import Case, ContactRecord
from objections.services.stepping import take_steps
from objections.vocabulary import Channel
from tests.conftest import People
from tests.stories import DAY, MIN, open_at

pytestmark = pytest.mark.django_db

LETTER = (
    "Thank you for telling us about the pump. The seal was fitted the wrong way round, and line 2"
    " stood still for nine hours. Mr. Lin brings a new seal today at 15:00."
)
OTHER = (
    "感谢您周六打来电话。电池的接头进了水，所以车子在坡上断电。明天上午九点我们上门取车，"
    "换上新的接头和电池，再陪您试骑一圈，不收任何费用。"
)


def say(case: Case, words: str, at: datetime, by: Actor) -> ContactRecord:
    step = steps.UpdateProgress(channel=Channel.PHONE, with_whom="Zhou Min", message=words, at=at)
    take_steps(case, [step], by=by, now=at)
    return case.contact_records.latest("pk")


@pytest.fixture
def by(people: People) -> Actor:
    return Actor.person(people.engineer)


@pytest.fixture
def sent(people: People, customer: Customer, by: Actor, t0: datetime) -> ContactRecord:
    """A letter to a customer, printed."""
    case = open_at(t0, by=by, customer=customer)
    record = say(case, LETTER, t0 + MIN, by)
    take_reply_prints()
    return record


def nearest(words: str, now: datetime, customer: Customer | None = None) -> float:
    numbers = minhash.signature(words)
    found = prints.nearest_reply(numbers, now=now, customer=customer.pk if customer else None)
    return found.similarity if found else 0.0


def test_a_letter_that_was_sent_before_is_found_again_with_another_name(
    sent: ContactRecord, t0: datetime
) -> None:
    again = LETTER.replace("Mr. Lin", "Ms. Wu")
    assert nearest(again, t0 + DAY) > 0.8
    assert nearest(OTHER, t0 + DAY) == 0.0


def test_replies_to_the_same_customer_may_be_alike(
    sent: ContactRecord, customer: Customer, t0: datetime
) -> None:
    assert nearest(LETTER, t0 + DAY, customer) == 0.0
    other = Customer.objects.create(name="Qingquan Water")
    assert nearest(LETTER, t0 + DAY, other) == 1.0


def test_only_the_last_180_days_count(sent: ContactRecord, t0: datetime) -> None:
    assert nearest(LETTER, t0 + timedelta(days=180)) == 1.0
    assert nearest(LETTER, t0 + timedelta(days=181)) == 0.0


def test_what_reached_nobody_does_not_count(sent: ContactRecord, t0: datetime) -> None:
    ContactRecord.objects.filter(pk=sent.pk).update(withdrawn_at=t0 + DAY)
    assert nearest(LETTER, t0 + DAY) == 0.0


def test_each_reply_is_printed_once_and_the_customers_words_never(
    sent: ContactRecord, by: Actor, t0: datetime
) -> None:
    take_reply_prints()
    say(sent.case, OTHER, t0 + 2 * MIN, by)
    take_reply_prints()
    outbound = ContactRecord.objects.filter(direction="outbound").values_list("pk", flat=True)
    assert list(ReplyPrint.objects.order_by("pk").values_list("pk", flat=True)) == sorted(outbound)


def test_a_short_word_is_like_nothing(sent: ContactRecord, by: Actor, t0: datetime) -> None:
    short = say(sent.case, "The pump is on its way.", t0 + 2 * MIN, by)
    take_reply_prints()
    row = ReplyPrint.objects.get(pk=short.pk)
    assert (row.signature, row.bands) == ([], [])
    assert nearest("The pump is on its way.", t0 + DAY) == 0.0


def test_the_command_prints_what_lies_far_behind(
    sent: ContactRecord, by: Actor, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = say(sent.case, OTHER, t0 + 2 * MIN, by)
    take_reply_prints()
    ReplyPrint.objects.filter(pk=sent.pk).delete()
    monkeypatch.setattr(prints, "OVERLAP", newer.pk - sent.pk)
    take_reply_prints()
    assert not ReplyPrint.objects.filter(pk=sent.pk).exists()
    out = StringIO()
    call_command("print_replies", stdout=out)
    assert out.getvalue() == "1 replies printed\n"
    assert ReplyPrint.objects.get(pk=sent.pk).signature == minhash.signature(LETTER)


def test_a_draft_is_compared_with_each_template_without_its_variables() -> None:
    ReplyTemplate.objects.all().delete()
    body = "Dear {contact}, " + LETTER
    row = ReplyTemplate.objects.create(name="Seal", language=Language.ENGLISH, body=body)
    ReplyTemplate.objects.create(name="Battery", language=Language.SIMPLIFIED, body=OTHER)
    found = prints.nearest_template(minhash.signature("Dear Zhou Min, " + LETTER))
    assert found is not None
    assert found[0] == row
    assert found[1] > 0.85


def test_much_alike_texts_share_a_band_and_different_ones_none() -> None:
    here = set(minhash.bands(minhash.signature(LETTER)))
    alike = set(minhash.bands(minhash.signature(LETTER.replace("nine", "ten"))))
    assert here & alike
    assert not here & set(minhash.bands(minhash.signature(OTHER)))
