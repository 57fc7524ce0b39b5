"""Cases that are linked to one another, where one of them is not for everybody's eyes."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from objections import steps
from objections.actors import Actor
from objections.models import Case
from objections.services.changing import describe
from objections.services.stepping import take_step
from objections.vocabulary import Channel, Sensitivity, Stage
from tests.api.conftest import Walk
from tests.conftest import People
from timekeeping.clock import now

pytestmark = pytest.mark.django_db
SECRET = "Their safety officer was hurt"


def url(case: Case) -> str:
    return f"/api/v1/cases/{case.reference}/"


def restrict(case: Case, people: People) -> None:
    """Let the supervisor restrict a case, which the engineer handles."""
    boss = Actor.person(people.supervisor)
    describe(case, {"sensitivity": Sensitivity.RESTRICTED}, by=boss, now=now())


@pytest.fixture
def pair(case_at: Walk, people: People) -> tuple[Case, Case]:
    """A case that became a part of another one."""
    case, survivor = case_at(), case_at()
    step = steps.Merge(into=survivor.reference, reason=SECRET)
    take_step(case, step, by=Actor.person(people.engineer), now=now())
    survivor.refresh_from_db()
    return case, survivor


def all_of(asks: APIClient, case: Case) -> str:
    """Return all that the API says of a case: itself, its timeline, and each of its clocks."""
    addresses = [url(case), f"{url(case)}timeline/"]
    addresses += [f"{url(case)}deadlines/{row.pk}/explain/" for row in case.deadlines.all()]
    answers = [asks.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(answer.content.decode() for answer in answers)


def test_whoever_sees_both_reads_of_each_what_became_of_the_other(
    pair: tuple[Case, Case], people: People, signed_in: Any
) -> None:
    case, survivor = pair
    restrict(case, people)
    for who in (people.engineer, people.supervisor, people.auditor):
        said = all_of(signed_in(who), survivor)
        assert case.reference in said
        assert SECRET in said


def test_a_merged_case_that_was_restricted_since_is_not_named_to_others(
    pair: tuple[Case, Case], people: People, api: APIClient, signed_in: Any
) -> None:
    case, survivor = pair
    restrict(case, people)
    for asks in (api, signed_in(people.stranger), signed_in(people.colleague)):
        said = all_of(asks, survivor)
        assert case.reference not in said
        assert SECRET not in said
        assert asks.get(url(survivor)).json()["absorbed"] == []
        assert asks.get(url(case)).status_code == 404


def test_a_survivor_that_was_restricted_since_is_not_named_to_others(
    pair: tuple[Case, Case], people: People, api: APIClient, signed_in: Any
) -> None:
    case, survivor = pair
    restrict(survivor, people)
    for asks in (api, signed_in(people.stranger)):
        said = all_of(asks, case)
        assert survivor.reference not in said
        assert SECRET not in said
        assert asks.get(url(case)).json()["merged_into"] is None


def test_what_was_raised_beside_it_is_not_told_once_that_is_restricted(
    case_at: Walk, people: People, api: APIClient
) -> None:
    parent = case_at(Stage.FOLLOW_UP)
    more = steps.NewObjection(statement=SECRET, channel=Channel.PHONE)
    take_step(parent, more, by=Actor.person(people.engineer), now=now())
    child = parent.children.get()
    assert api.get(url(parent)).json()["children"] == [child.reference]
    assert api.get(url(child)).json()["parent"] == parent.reference
    restrict(child, people)
    said = all_of(api, parent)
    assert child.reference not in said
    assert SECRET not in said
    boss = Actor.person(people.supervisor)
    describe(child, {"sensitivity": Sensitivity.NORMAL}, by=boss, now=now())
    restrict(parent, people)
    assert api.get(url(child)).json()["parent"] is None


def test_a_recurrence_names_the_first_case_and_is_named_by_it_to_those_who_may_know(
    case_at: Walk, people: People, api: APIClient, signed_in: Any
) -> None:
    first, again = case_at(), case_at()
    by = Actor.person(people.engineer)
    take_step(again, steps.LinkRecurrence(of=first.reference, remark=SECRET), by=by, now=now())
    assert api.get(url(again)).json()["recurrence_of"] == first.reference
    assert api.get(url(first)).json()["recurrences"] == [again.reference]
    restrict(first, people)
    for asks in (api, signed_in(people.stranger)):
        said = all_of(asks, again)
        assert first.reference not in said
        assert SECRET not in said
        assert asks.get(url(again)).json()["recurrence_of"] is None
    assert signed_in(people.supervisor).get(url(first)).json()["recurrences"] == [again.reference]
    restrict(again, people)
    assert first.reference in all_of(signed_in(people.supervisor), again)
