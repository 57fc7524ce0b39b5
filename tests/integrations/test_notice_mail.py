"""Mails to our own people: one summary of all that waits, in their language."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connections

from customers.models import Customer
from integrations import notice_mail, outbox
from integrations.delivery import deliver
from integrations.outgoing import LEASE, WAITS
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Case, Notice
from objections.vocabulary import NoticeChannel, Sensitivity
from tests.conftest import People
from tests.integrations.conftest import Server, refusal
from tests.stories import HOUR, MIN, open_at

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def breached(people: People, customer: Customer, t0: datetime, many: int = 1) -> list[Case]:
    """Open cases whose acknowledgement is broken, and ring each rung at its time."""
    by = Actor.person(people.engineer)
    cases = [
        open_at(t0, by=by, customer=customer, handler=people.engineer) for _number in range(many)
    ]
    for minutes in (10, 13, 15):
        sweeping.sweep(now=t0 + minutes * MIN + SECOND)
    return cases


def to(server: type[Server], address: str) -> list[str]:
    return [
        str(one.subject) for one in server.accepted if one.to == [f"{address}@casetrack.example"]
    ]


def test_one_notice_is_one_mail_that_says_what_and_where(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    [case] = breached(people, customer, t0)
    deliver(lambda: t0 + 16 * MIN)
    [subject] = to(server, "supervisor")
    assert subject.startswith(f"Escalated to you, level 1: {case.reference} ")
    [mail] = [one for one in server.accepted if "supervisor" in one.to[0]]
    assert f"/cases/{case.reference}/" in mail.body
    assert "http" in mail.body
    assert "Acknowledgement, due today 17:15, 1 min late" in mail.body


def test_all_that_waits_for_one_person_is_one_mail(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    cases = breached(people, customer, t0, many=5)
    deliver(lambda: t0 + 16 * MIN)
    [subject] = to(server, "supervisor")
    assert subject == "5 notices: 5 × Escalated to you"
    [mail] = [one for one in server.accepted if "supervisor" in one.to[0]]
    assert all(case.reference in mail.body for case in cases)
    assert len(to(server, "engineer")) == 1
    waiting = Notice.objects.filter(channel=NoticeChannel.EMAIL, sent_at=None)
    assert not waiting.exists()


def test_a_long_summary_lists_forty_and_counts_the_rest(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    breached(people, customer, t0, many=43)
    deliver(lambda: t0 + 16 * MIN)
    [mail] = [one for one in server.accepted if "supervisor" in one.to[0]]
    assert mail.body.count("/cases/CT-") == 40
    assert "and 3 more notices" in mail.body


def test_a_restricted_case_is_told_by_its_reference_alone(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    case = open_at(
        t0, by=Actor.person(people.engineer), customer=customer, handler=people.engineer,
        sensitivity=Sensitivity.RESTRICTED, title="Insulted by a colleague",
    )  # fmt: skip
    sweeping.sweep(now=t0 + 15 * MIN + SECOND)
    deliver(lambda: t0 + 16 * MIN)
    assert server.accepted
    for mail in server.accepted:
        assert case.reference in f"{mail.subject} {mail.body}"
        assert "Insulted" not in f"{mail.subject} {mail.body}"
        assert str(customer) not in f"{mail.subject} {mail.body}"


def test_what_the_system_noticed_late_waits_for_others_to_join_it(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    by = Actor.person(people.engineer)
    for _number in range(3):
        open_at(t0, by=by, customer=customer, handler=people.engineer)
    sweeping.sweep(now=t0 + 40 * MIN)
    assert deliver(lambda: t0 + 41 * MIN) == 0
    deliver(lambda: t0 + 42 * MIN + SECOND)
    assert len(to(server, "manager")) == 1


def test_a_mail_that_fails_for_now_is_tried_again_with_the_same_notices(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    breached(people, customer, t0)
    Notice.objects.exclude(user=people.supervisor).delete()
    server.failing = [TimeoutError("slow")]
    now = t0 + 16 * MIN
    deliver(lambda: now)
    assert server.accepted == []
    # What comes in meanwhile leaves by itself and does not mix with what was tried.
    open_at(t0, by=Actor.person(people.engineer), customer=customer)
    sweeping.sweep(now=t0 + 15 * MIN + 2 * SECOND)
    Notice.objects.exclude(user=people.supervisor).delete()
    deliver(lambda: now + WAITS[0])
    assert len(to(server, "supervisor")) == 2
    assert len({one.extra_headers["Message-ID"] for one in server.accepted}) == 2


def test_a_process_that_dies_after_sending_repeats_the_same_mail_under_the_same_id(
    people: People, customer: Customer, server: type[Server], t0: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    breached(people, customer, t0, many=3)
    Notice.objects.exclude(user=people.supervisor).delete()
    now = t0 + 16 * MIN

    def die(*_args: object, **_kwargs: object) -> None:
        raise SystemExit(9)

    with monkeypatch.context() as dying:
        dying.setattr(outbox, "settle", die)
        with pytest.raises(SystemExit):
            notice_mail.deliver_next(lambda: now)
    assert not notice_mail.deliver_next(lambda: now + LEASE - SECOND)
    assert notice_mail.deliver_next(lambda: now + LEASE)
    first, second = server.accepted
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert not notice_mail.deliver_next(lambda: now + HOUR)


def test_an_address_of_ours_that_is_refused_is_not_tried_for_ever(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    breached(people, customer, t0)
    Notice.objects.exclude(user=people.supervisor).delete()
    server.failing = [refusal()]
    deliver(lambda: t0 + 16 * MIN)
    notice = Notice.objects.get(channel=NoticeChannel.EMAIL)
    assert notice.failed_at is not None
    assert "Nobody of this name" in notice.failure
    assert deliver(lambda: t0 + 5 * HOUR) == 0


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_tell_each_person_of_each_notice_once(
    people: People, customer: Customer, server: type[Server], t0: datetime
) -> None:
    breached(people, customer, t0, many=20)

    def work() -> None:
        try:
            while notice_mail.deliver_next(lambda: t0 + HOUR):
                pass
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told = [
        (one.to[0], line)
        for one in server.accepted
        for line in one.body.splitlines()
        if "/cases/CT-" in line
    ]
    supervisor = [line for address, line in told if address.startswith("supervisor")]
    assert len(supervisor) == len(set(supervisor)) == 20
