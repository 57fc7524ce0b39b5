"""Mails to customers: sent once, tried again, and taken back when they never arrived."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections

from customers.models import Customer
from integrations import customer_mail, leasing
from integrations.delivery import deliver
from integrations.outgoing import LEASE, WAITS
from objections.models import CustomerMail, Notice
from objections.vocabulary import EventKind, NoticeKind, Promise
from tests.conftest import People
from tests.integrations.conftest import Mailed, Server, refusal
from tests.stories import HOUR, MIN

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def test_a_mail_leaves_once_and_the_timeline_says_so(
    mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    case, mail = mailed(t0)
    now = t0 + MIN + SECOND
    assert customer_mail.deliver_next(lambda: now)
    assert not customer_mail.deliver_next(lambda: now)
    [sent] = server.accepted
    assert sent.to == ["zhoumin@hengyuan.example"]
    assert case.reference in sent.subject
    assert "Thank you. We heard you." in sent.body
    assert sent.extra_headers["Message-ID"] == mail.message_id
    mail.refresh_from_db()
    assert mail.sent_at == now
    event = case.events.get(kind=EventKind.MAIL_SENT)
    assert (event.occurred_at, event.data["to"]) == (now, "zhoumin@hengyuan.example")


def test_the_commit_is_the_time_of_proof_and_not_the_sending(
    mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    case, _mail = mailed(t0)
    deliver(lambda: t0 + 3 * HOUR)
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).kept_at == t0 + MIN


def test_the_text_around_the_words_is_in_the_customers_language(
    mailed: Mailed, server: type[Server], customer: Customer, t0: datetime
) -> None:
    case, _mail = mailed(t0)
    deliver(lambda: t0 + HOUR)
    assert f"Our reference: {case.reference}." in server.accepted[0].body


def test_a_refused_mail_takes_its_proof_back_and_alerts_the_handler(
    people: People, mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    case, mail = mailed(t0)
    server.failing = [refusal()]
    deliver(lambda: t0 + 2 * MIN)
    mail.refresh_from_db()
    clock = case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT)
    assert mail.failed_at == t0 + 2 * MIN
    assert mail.next_attempt_at is None
    assert clock.kept_at is None
    assert clock.is_running
    failed = case.events.get(kind=EventKind.MAIL_FAILED)
    assert "Nobody of this name" in failed.data["failure"]
    assert Notice.objects.filter(user=people.engineer, kind=NoticeKind.MAIL_FAILED).exists()
    assert not case.events.filter(kind=EventKind.MAIL_SENT).exists()


@pytest.mark.parametrize(
    "error",
    [ConnectionRefusedError("nobody listens"), refusal(451, "try later"), TimeoutError("slow")],
)
def test_what_may_pass_is_tried_again_later_and_proves_until_then(
    mailed: Mailed, server: type[Server], t0: datetime, error: Exception
) -> None:
    case, mail = mailed(t0)
    server.failing = [error]
    now = t0 + 2 * MIN
    deliver(lambda: now)
    mail.refresh_from_db()
    assert mail.next_attempt_at == now + WAITS[0]
    assert mail.failure
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).kept_at is not None
    assert deliver(lambda: now + WAITS[0] - SECOND) == 0
    assert deliver(lambda: now + WAITS[0]) == 1
    assert len(server.accepted) == 1


def test_after_the_last_wait_it_counts_as_refused(
    mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    case, mail = mailed(t0)
    server.failing = [TimeoutError("slow") for _wait in range(len(WAITS) + 1)]
    now = t0 + 2 * MIN
    for wait in (*WAITS, timedelta(0)):
        deliver(lambda now=now: now)  # type: ignore[misc]
        now += wait
    mail.refresh_from_db()
    assert mail.failed_at is not None
    assert case.events.filter(kind=EventKind.PROOF_WITHDRAWN).exists()


def test_a_process_that_dies_after_sending_repeats_the_mail_under_its_own_message_id(
    mailed: Mailed, server: type[Server], t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    _case, mail = mailed(t0)
    now = t0 + 2 * MIN
    with monkeypatch.context() as dying:
        dying.setattr(leasing, "settle_for_case", _die)
        with pytest.raises(SystemExit):
            customer_mail.deliver_next(lambda: now)
    assert len(server.accepted) == 1
    assert not customer_mail.deliver_next(lambda: now + LEASE - SECOND)
    assert customer_mail.deliver_next(lambda: now + LEASE)
    assert [one.extra_headers["Message-ID"] for one in server.accepted] == [mail.message_id] * 2
    assert not customer_mail.deliver_next(lambda: now + HOUR)


def test_a_process_that_dies_before_sending_loses_nothing(
    mailed: Mailed, server: type[Server], t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailed(t0)
    now = t0 + 2 * MIN
    with monkeypatch.context() as dying:
        dying.setattr(customer_mail, "attempt", _die)
        with pytest.raises(SystemExit):
            customer_mail.deliver_next(lambda: now)
    assert server.accepted == []
    assert customer_mail.deliver_next(lambda: now + LEASE)
    assert len(server.accepted) == 1


def _die(*_args: object, **_kwargs: object) -> None:
    raise SystemExit(9)


def test_a_bounce_after_it_had_left_takes_the_proof_back_once(
    mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    case, mail = mailed(t0)
    deliver(lambda: t0 + 2 * MIN)
    for _time in range(2):
        customer_mail.bounced(mail, failure="550 unknown", now=t0 + 5 * MIN)
    mail.refresh_from_db()
    assert (mail.sent_at, mail.failed_at) == (t0 + 2 * MIN, t0 + 5 * MIN)
    assert case.events.filter(kind=EventKind.MAIL_FAILED).count() == 1
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).is_running


def test_a_mail_that_has_not_left_cannot_bounce(
    mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    case, mail = mailed(t0)
    customer_mail.bounced(mail, failure="550 unknown", now=t0 + 2 * MIN)
    assert case.deadlines.get(promise=Promise.ACKNOWLEDGEMENT).kept_at is not None


def test_a_title_with_a_line_break_is_no_header_of_its_own(
    mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    mailed(t0, title="Leaks\r\nBcc: everybody@example.com")
    deliver(lambda: t0 + 2 * MIN)
    [sent] = server.accepted
    assert "\n" not in sent.subject
    assert sent.recipients() == ["zhoumin@hengyuan.example"]


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_send_each_mail_once(
    mailed: Mailed, server: type[Server], t0: datetime
) -> None:
    for number in range(12):
        mailed(t0 + number * SECOND)

    def work() -> None:
        try:
            while customer_mail.deliver_next(lambda: t0 + HOUR):
                pass
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sent = [one.extra_headers["Message-ID"] for one in server.accepted]
    assert sorted(sent) == sorted(CustomerMail.objects.values_list("message_id", flat=True))
