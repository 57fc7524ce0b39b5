"""The mailbox of a demo: what was sent can be read, and can come back."""

from __future__ import annotations

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import User
from integrations.delivery import deliver
from integrations.models import StoredMail
from objections.models import CustomerMail
from objections.vocabulary import Promise, Sensitivity
from tests.conftest import People
from tests.integrations.conftest import Mailed
from tests.stories import MIN
from timekeeping import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def caught(settings: Settings) -> None:
    """Let mails go where those of a demo go."""
    settings.EMAIL_BACKEND = "integrations.mailbox.MailboxBackend"


def look_as(user: User) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(user)
    return browser


def test_a_mail_to_a_customer_can_be_read_there(people: People, mailed: Mailed) -> None:
    case, mail = mailed(clock.now() - 2 * MIN)
    deliver(clock.now)
    stored = StoredMail.objects.get(message_id=mail.message_id)
    browser = look_as(people.engineer)
    assert case.reference in browser.get("/mailbox/").content.decode()
    page = browser.get(f"/mailbox/{stored.pk}/").content.decode()
    assert "Thank you. We heard you." in page
    assert "This e-mail came back" in page


def test_the_button_sends_a_mail_back_and_opens_what_it_had_proved(
    people: People, mailed: Mailed
) -> None:
    case, mail = mailed(clock.now() - 2 * MIN)
    deliver(clock.now)
    stored = StoredMail.objects.get(message_id=mail.message_id)
    browser = look_as(people.engineer)
    answer = browser.post(f"/mailbox/{stored.pk}/bounce/", follow=True)
    assert "came back" in answer.content.decode()
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).is_running
    again = browser.post(f"/mailbox/{stored.pk}/bounce/", follow=True)
    assert again.status_code == 200
    assert case.events.filter(kind="mail_failed").count() == 1


def test_who_only_reads_sends_no_mail_back(people: People, mailed: Mailed) -> None:
    case, mail = mailed(clock.now() - 2 * MIN)
    deliver(clock.now)
    stored = StoredMail.objects.get(message_id=mail.message_id)
    auditor = look_as(people.auditor)
    assert "This e-mail came back" not in auditor.get(f"/mailbox/{stored.pk}/").content.decode()
    assert auditor.post(f"/mailbox/{stored.pk}/bounce/").status_code == 403
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).kept_at is not None


def test_a_mail_server_s_hook_records_a_bounce_by_the_message_s_name(
    people: People, mailed: Mailed
) -> None:
    case, mail = mailed(clock.now() - 2 * MIN)
    deliver(clock.now)
    said = StringIO()
    for _time in range(2):
        call_command("record_bounce", mail.message_id, failure="550 unknown", stdout=said)
    assert said.getvalue().splitlines() == [
        "Recorded.", "Nothing to record: it has not left, or its failure is known.",
    ]  # fmt: skip
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).is_running
    with pytest.raises(CommandError, match="no-such"):
        call_command("record_bounce", "<no-such@mail.example>")


def test_a_mail_to_one_of_ours_has_no_such_button(people: People, mailed: Mailed) -> None:
    case, _mail = mailed(clock.now() - 2 * MIN)
    people.colleague.notices.create(
        channel="email", kind="assigned", case=case, occurred_at=clock.now(),
        created_at=clock.now(), send_at=clock.now(),
    )  # fmt: skip
    deliver(clock.now)
    stored = StoredMail.objects.get(to=[people.colleague.email])
    browser = look_as(people.engineer)
    assert "This e-mail came back" not in browser.get(f"/mailbox/{stored.pk}/").content.decode()
    assert browser.post(f"/mailbox/{stored.pk}/bounce/").status_code == 404


def test_an_address_at_bounce_example_is_refused_like_by_a_mail_server(
    people: People, mailed: Mailed, contact: object
) -> None:
    case, mail = mailed(clock.now() - 2 * MIN)
    CustomerMail.objects.update(to="nobody@bounce.example")
    deliver(clock.now)
    mail.refresh_from_db()
    assert mail.failed_at is not None
    assert "5.1.1" in mail.failure
    assert not StoredMail.objects.filter(message_id=mail.message_id).exists()
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).is_running


def test_a_second_copy_is_counted_and_not_shown_twice(
    people: People, mailed: Mailed, t0: datetime
) -> None:
    _case, mail = mailed(clock.now() - 2 * MIN)
    deliver(clock.now)
    CustomerMail.objects.update(sent_at=None, next_attempt_at=clock.now())
    deliver(clock.now)
    assert StoredMail.objects.get(message_id=mail.message_id).copies == 2


def test_mails_of_a_restricted_case_are_there_for_those_who_may_see_it_only(
    people: People, mailed: Mailed
) -> None:
    case, mail = mailed(clock.now() - 2 * MIN, sensitivity=Sensitivity.RESTRICTED)
    deliver(clock.now)
    stored = StoredMail.objects.get(message_id=mail.message_id)
    stranger = look_as(people.stranger)
    assert case.reference not in stranger.get("/mailbox/").content.decode()
    assert stranger.get(f"/mailbox/{stored.pk}/").status_code == 404
    assert stranger.post(f"/mailbox/{stored.pk}/bounce/").status_code == 404
    assert case.reference not in look_as(people.auditor).get("/mailbox/").content.decode()
    assert case.reference in look_as(people.engineer).get("/mailbox/").content.decode()


def test_where_the_clock_is_real_there_is_no_mailbox(
    people: People, mailed: Mailed, settings: Settings
) -> None:
    mailed(clock.now() - 2 * MIN)
    deliver(clock.now)
    stored = StoredMail.objects.first()
    assert stored is not None
    settings.CASETRACK_SANDBOX = False
    browser = look_as(people.engineer)
    for address in ("/mailbox/", f"/mailbox/{stored.pk}/"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/mailbox/{stored.pk}/bounce/").status_code == 404


def test_markup_in_a_mail_is_shown_as_text(people: People, mailed: Mailed) -> None:
    mailed(clock.now() - 2 * MIN, title="<img src=x onerror=alert(1)>")
    deliver(clock.now)
    page = look_as(people.engineer).get("/mailbox/").content.decode()
    assert "<img src=x" not in page
