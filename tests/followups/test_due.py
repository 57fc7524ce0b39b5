"""Whom to ask again, what was tried, and asking several by a link."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer
from followups.selectors import due
from objections import steps
from objections.actors import Actor
from objections.models import Case, ContactRecord, CustomerLink
from objections.services.stepping import take_step
from objections.vocabulary import AttemptResult, Channel, Emotion, Stage
from tests.conftest import People
from tests.followups.conftest import LookAs
from tests.stories import ATTEMPT, CARRY_OUT, DAY, HOUR, TELL, walk_to
from timekeeping import clock

pytestmark = pytest.mark.django_db


def followed(by: Actor, customer: Customer, contact: Contact | None = None, ago: int = 3) -> Case:
    return walk_to(
        Stage.FOLLOW_UP, clock.now() - ago * HOUR, by=by, customer=customer, contact=contact
    )


def test_who_is_due_first_stands_first_with_what_was_done_and_felt(
    people: People, by: Actor, customer: Customer
) -> None:
    later, first = followed(by, customer, ago=2), followed(by, customer, ago=30)
    take_step(first, ATTEMPT, by=by, now=clock.now())
    page = due.due(people.engineer, mine=True, page=1, now=clock.now())
    assert [row.case for row in page.rows] == [first, later]
    row = page.rows[0]
    assert (row.done, row.told, row.days, row.may_close_unreachable) == (
        "Replace tonight", "No answer", 1, False,
    )  # fmt: skip
    assert row.emotions == [Emotion.ANGRY]
    assert row.clock is not None


def test_three_attempts_on_two_days_offer_to_close_as_not_reachable(
    people: People, by: Actor, customer: Customer
) -> None:
    case = followed(by, customer, ago=60)
    for ago in (30, 29, 1):
        take_step(case, ATTEMPT, by=by, now=clock.now() - ago * HOUR)
    [row] = due.due(people.engineer, mine=True, page=1, now=clock.now()).rows
    assert (len(row.attempts), row.days, row.may_close_unreachable) == (3, 2, True)


def test_the_list_is_mine_or_my_teams_and_never_a_strangers(
    people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    case = followed(by, customer)
    pages = {
        (who, whose): look_as(getattr(people, who)).get(f"/follow-ups/?whose={whose}")
        for who, whose in (
            ("engineer", "mine"), ("colleague", "mine"), ("colleague", "team"),
            ("supervisor", "team"), ("stranger", "team"),
        )
    }  # fmt: skip
    shown = {key for key, page in pages.items() if case.reference in page.content.decode()}
    assert shown == {("engineer", "mine"), ("colleague", "team"), ("supervisor", "team")}


def test_one_tap_records_that_nobody_answered(
    people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    case = followed(by, customer)
    browser = look_as(people.engineer)
    browser.post(f"/follow-ups/{case.reference}/attempt/", {"result": "busy"})
    [record] = ContactRecord.objects.filter(case=case, purpose="attempt")
    assert (record.result, record.channel) == (AttemptResult.BUSY, Channel.PHONE)


@pytest.mark.parametrize("result", ["", "no_such_word"])
def test_an_attempt_without_a_result_is_refused_and_records_nothing(
    result: str, people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    case = followed(by, customer)
    url = f"/follow-ups/{case.reference}/attempt/"
    answer = look_as(people.engineer).post(url, {"result": result}, follow=True)
    assert "Say what came of the call." in answer.content.decode()
    assert not ContactRecord.objects.filter(case=case, purpose="attempt").exists()


def test_a_stranger_records_no_attempt(
    people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    case = followed(by, customer)
    look_as(people.stranger).post(f"/follow-ups/{case.reference}/attempt/", {"result": "busy"})
    assert not ContactRecord.objects.filter(case=case, purpose="attempt").exists()


def test_the_picked_customers_are_asked_by_a_link_and_who_cannot_be_is_named(
    people: People, by: Actor, customer: Customer, contact: Contact, look_as: LookAs
) -> None:
    asked, silent = followed(by, customer, contact), followed(by, customer)
    elsewhere = walk_to(Stage.CONFIRM, clock.now() - HOUR, by=by, customer=customer)
    picked = [asked.reference, silent.reference, elsewhere.reference, "CT-1999-000001"]
    answer = look_as(people.engineer).post(
        "/follow-ups/survey/", {"pick": picked, "medium": "email"}, follow=True
    )
    page = answer.content.decode()
    assert "1 survey is on its way." in page
    assert f"{silent.reference}: " in page
    assert f"{elsewhere.reference}: This case is not being followed up." in page
    [link] = CustomerLink.objects.all()
    assert link.case == asked
    assert "survey sent" in page


@pytest.mark.parametrize("posted", [{"medium": "email"}, {"pick": ["x"], "medium": "pigeon"}])
def test_a_survey_of_nobody_or_by_no_way_is_refused(
    posted: dict[str, object], people: People, look_as: LookAs
) -> None:
    answer = look_as(people.engineer).post("/follow-ups/survey/", posted, follow=True)
    assert answer.status_code == 200
    assert not CustomerLink.objects.exists()
    assert "alert" in answer.content.decode()


def test_twenty_cases_cost_no_more_queries_than_one(
    people: People, by: Actor, customer: Customer
) -> None:
    counts = []
    for more in (1, 8):
        for _one in range(more):
            followed(by, customer)
        with CaptureQueriesContext(connection) as queries:
            due.due(people.engineer, mine=True, page=1, now=clock.now() + timedelta(hours=1))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_a_second_verdict_of_discontent_goes_to_the_supervisor_at_once(
    by: Actor, customer: Customer
) -> None:
    case = followed(by, customer, ago=90)
    now = clock.now()
    again = steps.NotSatisfied(still_open="It drips again.")
    take_step(case, again, by=by, now=now - 80 * HOUR)
    for step, at in ((TELL, 79), (CARRY_OUT, 78), (again, 70)):
        take_step(case, step, by=by, now=now - at * HOUR)
    assert case.persistent_at is not None
    assert case.escalations.filter(reason="persistent", closed_at=None).exists()
    assert now - case.persistent_at < 3 * DAY


def test_a_second_tap_on_the_same_page_records_nothing_more(
    people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    case, browser = followed(by, customer), look_as(people.engineer)
    [version] = re.findall(r'name="version" value="(\d+)"', browser.get("/follow-ups/").text)
    for _tap in range(2):
        sent = {"result": "busy", "version": version}
        browser.post(f"/follow-ups/{case.reference}/attempt/", sent)
    assert ContactRecord.objects.filter(case=case, purpose="attempt").count() == 1


def test_after_an_attempt_the_same_list_is_shown_again(
    people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    followed(by, customer)
    browser = look_as(people.colleague)
    page = browser.get("/follow-ups/?whose=team").text
    [action] = re.findall(r'action="(/follow-ups/CT[^"]*)"', page)
    answer = browser.post(action.replace("&amp;", "&"), {"result": "busy"})
    assert answer["Location"] == "/follow-ups/?whose=team&page=1"


def test_a_survey_that_is_sent_twice_asks_once(
    people: People, by: Actor, customer: Customer, contact: Contact, look_as: LookAs
) -> None:
    case, browser = followed(by, customer, contact), look_as(people.engineer)
    sent = {"pick": [case.reference], "medium": "email"}
    browser.post("/follow-ups/survey/", sent)
    again = browser.post("/follow-ups/survey/", sent, follow=True)
    assert "This customer was sent a link less than an hour ago." in again.text
    assert CustomerLink.objects.count() == 1


@pytest.mark.parametrize("who", ["analyst", "auditor", "administrator"])
def test_who_only_reads_sees_every_teams_list_and_no_button(
    who: str, people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    case = followed(by, customer)
    page = look_as(getattr(people, who)).get("/follow-ups/?whose=mine").text
    assert case.reference in page
    assert "/attempt/" not in page
    assert "?whose=team" not in page


@pytest.mark.parametrize(
    "asked", ["page=999", "page=0", "page=-1", f"page={'9' * 30}", "page=%00", "whose=%00"]
)
def test_a_page_that_is_not_there_leads_to_the_first(
    asked: str, people: People, by: Actor, customer: Customer, look_as: LookAs
) -> None:
    case = followed(by, customer)
    answer = look_as(people.engineer).get(f"/follow-ups/?{asked}", follow=True)
    assert (answer.status_code, case.reference in answer.text) == (200, True)
