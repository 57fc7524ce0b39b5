"""The bell: what I was told, and what I have looked at."""

from __future__ import annotations

from datetime import datetime

import pytest

from customers.models import Customer
from dashboards.selectors import counts
from objections import notices
from objections.actors import Actor
from objections.deadlines import sweeping
from tests.conftest import People
from tests.dashboards.conftest import LookAs
from tests.stories import MIN, open_at

pytestmark = pytest.mark.django_db


def test_a_breach_is_new_to_the_supervisor_until_they_say_they_saw_it(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    open_at(present - 20 * MIN, by=Actor.person(people.engineer), customer=customer)
    sweeping.sweep(now=present)
    browser = look_as(people.supervisor)
    page = browser.get("/notices/").content.decode()
    assert "Escalated to you, level 1" in page
    ids = list(notices.unseen(people.supervisor).values_list("pk", flat=True))
    browser.post("/notices/seen/", {"id": ids})
    assert not notices.unseen(people.supervisor).exists()
    assert "nothing new" in browser.get("/notices/").content.decode()


def test_opening_a_case_marks_what_one_was_told_of_it_as_seen_and_nothing_else(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    by = Actor.person(people.engineer)
    cases = [open_at(present - 20 * MIN, by=by, customer=customer) for _number in range(2)]
    sweeping.sweep(now=present)
    look_as(people.supervisor).get(f"/cases/{cases[0].reference}/")
    [left] = notices.unseen(people.supervisor)
    assert left.case == cases[1]
    assert notices.unseen(people.engineer).filter(case=cases[0]).exists()


def test_nobody_marks_somebody_elses_notices(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    open_at(present - 20 * MIN, by=Actor.person(people.engineer), customer=customer)
    sweeping.sweep(now=present)
    theirs = list(notices.unseen(people.supervisor).values_list("pk", flat=True))
    look_as(people.stranger).post("/notices/seen/", {"id": [*theirs, "x", "9" * 30]})
    assert notices.unseen(people.supervisor).count() == len(theirs)


def test_the_numbers_beside_the_pages_say_what_waits(
    people: People, customer: Customer, look_as: LookAs, present: datetime
) -> None:
    open_at(
        present - 20 * MIN, by=Actor.person(people.engineer), customer=customer,
        handler=people.engineer,
    )  # fmt: skip
    sweeping.sweep(now=present)
    assert counts.waiting_for(people.engineer).desk == 1
    told = counts.waiting_for(people.supervisor)
    assert (told.desk, told.board, told.notices) == (0, 1, 1)
    stranger = counts.waiting_for(people.stranger)
    assert (stranger.desk, stranger.board, stranger.notices) == (0, 0, 0)


def test_an_empty_list_says_what_will_stand_there(people: People, look_as: LookAs) -> None:
    page = look_as(people.stranger).get("/notices/").content.decode()
    assert "Warnings, escalations and cases given to you will stand here." in page
