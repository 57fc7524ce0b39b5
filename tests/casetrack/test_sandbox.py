"""The sandbox clock: fifteen minutes in a second, with all that happens in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import User
from casetrack import sandbox
from customers.models import Customer
from integrations.models import StoredMail
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.models import Escalation
from tests.conftest import People
from tests.stories import DAY, HOUR, MIN, open_at
from timekeeping import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def caught(settings: Settings) -> None:
    """Let mails go where those of a demo go."""
    settings.EMAIL_BACKEND = "integrations.mailbox.MailboxBackend"


def push(user: User, by: str, **more: str) -> tuple[int, str]:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(user)
    answer = browser.post("/sandbox/advance/", {"advance": by, **more}, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_push_makes_a_breach_and_its_mail_before_it_answers(
    people: People, customer: Customer
) -> None:
    case = open_at(
        clock.now(), by=Actor.person(people.engineer), customer=customer, handler=people.engineer
    )
    before = clock.now()
    state = sandbox.advance(16 * MIN)
    assert state.now - before >= 16 * MIN
    assert state.offset == 16 * MIN
    assert state.rang == 3
    assert Escalation.objects.get().case == case
    assert sweeping.lag(now=clock.now()) == timedelta(0)


def test_the_mails_of_what_was_passed_over_leave_as_one_summary(
    people: People, customer: Customer
) -> None:
    open_at(clock.now(), by=Actor.person(people.engineer), customer=customer)
    sandbox.advance(16 * MIN)
    state = sandbox.advance(3 * MIN)
    assert state.mails >= 1
    told = StoredMail.objects.filter(to=[people.supervisor.email])
    assert told.count() == 1


def test_the_button_moves_the_clock_and_says_what_came_of_it(
    people: People, customer: Customer
) -> None:
    open_at(clock.now(), by=Actor.person(people.engineer), customer=customer)
    status, page = push(people.engineer, "PT15M", next="/board/")
    assert status == 200
    assert "The clock moved on by 15 min" in page
    assert "Escalation board" in page
    assert clock.offset() == 15 * MIN


@pytest.mark.parametrize("by", ["", "soon", "PT0S", "-PT15M", "P32D", "P99999999999D"])
def test_a_push_that_makes_no_sense_is_refused_and_moves_nothing(people: People, by: str) -> None:
    status, page = push(people.engineer, by)
    assert status == 200
    assert "Say how far, as in PT15M" in page
    assert clock.offset() == timedelta(0)


def test_the_service_refuses_to_go_back_or_too_far(people: People) -> None:
    for by in (-MIN, 32 * DAY):
        with pytest.raises(ValueError):
            sandbox.advance(by)
    assert clock.offset() == timedelta(0)


def test_where_the_clock_is_real_nobody_moves_it(people: People, settings: Settings) -> None:
    settings.CASETRACK_SANDBOX = False
    assert push(people.engineer, "PT15M")[0] == 404
    with pytest.raises(clock.SandboxIsOff):
        sandbox.advance(HOUR)
    with pytest.raises(clock.SandboxIsOff):
        sandbox.state()


def test_only_who_is_signed_in_moves_it(db: None) -> None:
    answer = Browser().post("/sandbox/advance/", {"advance": "PT15M"})
    assert answer.status_code == 302
    assert clock.offset() == timedelta(0)


def test_the_button_leads_back_to_a_page_of_ours_only(people: People) -> None:
    browser = Browser()
    browser.force_login(people.engineer)
    for evil in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = browser.post("/sandbox/advance/", {"advance": "PT1M", "next": evil})
        assert answer["Location"] == "/desk/"


def test_every_page_says_that_this_is_a_sandbox(people: People, settings: Settings) -> None:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.engineer)
    assert "Nothing here reaches a customer." in browser.get("/desk/").content.decode()
    settings.CASETRACK_SANDBOX = False
    assert "Nothing here reaches a customer." not in browser.get("/desk/").content.decode()
