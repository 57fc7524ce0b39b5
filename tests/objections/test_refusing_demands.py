"""A no has a reason, a rule and an alternative, and is no answer to the complaint."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from customers.models import Contact, Customer
from objections import steps
from objections.actors import Actor
from objections.errors import DemandUnmet, FieldInvalid, StepRefused
from objections.models import Case, CustomerMail, RefusedDemand
from objections.selectors.timelines import timeline_of
from objections.services.stepping import take_step
from objections.vocabulary import Channel, DeadlineState, Promise, Stage
from tests.objections.record import clock, missing, refused
from tests.stories import HOUR, walk_to

pytestmark = pytest.mark.django_db

NO = steps.RefuseDemand(
    channel=Channel.PHONE, demand="A new pump for free", reason="The seal is a wearing part",
    rule="Terms of warranty, 4.2", alternative="A seal at half the price",
)  # fmt: skip


@pytest.fixture
def case(by: Actor, customer: Customer, contact: Contact, t0: datetime) -> Case:
    return walk_to(Stage.RESPOND, t0, by=by, customer=customer, contact=contact)


@pytest.fixture
def now(t0: datetime) -> datetime:
    return t0 + HOUR


def test_it_keeps_the_progress_update_and_never_the_response(
    case: Case, by: Actor, now: datetime
) -> None:
    before = clock(case, Promise.PROGRESS_UPDATE)
    take_step(case, NO, by=by, now=now)
    row = RefusedDemand.objects.get(case=case)
    assert (row.demand, row.alternative) == (NO.demand, NO.alternative)
    before.refresh_from_db()
    assert (before.state, before.proof) == (DeadlineState.KEPT, row.told_in)
    assert clock(case, Promise.PROGRESS_UPDATE).state == DeadlineState.RUNNING
    assert clock(case, Promise.RESPONSE).state == DeadlineState.RUNNING


def test_what_was_told_stands_as_it_was_said(case: Case, by: Actor, now: datetime) -> None:
    take_step(case, replace(NO, message="Not the pump, but the seal."), by=by, now=now)
    assert RefusedDemand.objects.get().told_in.words == "Not the pump, but the seal."


def test_where_nobody_worded_it_the_four_points_are_told_in_the_customers_language(
    case: Case, customer: Customer, by: Actor, now: datetime
) -> None:
    customer.language = "en"
    customer.save()
    with translation.override("zh-hans"):
        take_step(case, replace(NO, channel=Channel.EMAIL), by=by, now=now)
    assert CustomerMail.objects.get().body == (
        "You asked for this: A new pump for free\n"
        "We cannot do it. The reason: The seal is a wearing part\n"
        "It rests on this rule: Terms of warranty, 4.2\n"
        "What we can do instead: A seal at half the price"
    )


def test_the_timeline_says_what_was_refused_why_and_what_we_offered(
    case: Case, by: Actor, now: datetime
) -> None:
    take_step(case, NO, by=by, now=now)
    entry = next(
        one for one in timeline_of(case, now, shown="us").entries if NO.demand in one.sentence
    )
    assert entry.detail.splitlines() == [
        "Reason: The seal is a wearing part", "Rule: Terms of warranty, 4.2",
        "Instead: A seal at half the price",
    ]  # fmt: skip


@pytest.mark.parametrize("field", ["demand", "reason", "rule", "alternative"])
def test_a_no_without_one_of_the_four_is_refused(
    field: str, case: Case, by: Actor, now: datetime
) -> None:
    blank: dict[str, Any] = {field: " "}
    with refused(FieldInvalid) as found:
        take_step(case, replace(NO, **blank), by=by, now=now)
    assert (found.value.field, found.value.code) == (field, "empty")


def test_a_program_has_to_name_who_said_no(case: Case, crm: Any, now: datetime) -> None:
    with refused(DemandUnmet) as found:
        take_step(case, NO, by=Actor.program(crm), now=now)
    assert missing(found) == [("contacted_by", "contacted_by")]


def test_before_anybody_has_listened_there_is_nothing_to_refuse(
    by: Actor, customer: Customer, t0: datetime
) -> None:
    case = walk_to(Stage.LISTEN, t0, by=by, customer=customer)
    with refused(StepRefused):
        take_step(case, NO, by=by, now=t0 + HOUR)
