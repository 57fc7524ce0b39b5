"""A case is opened once, routed to the right people, and refused where it cannot be right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Team
from accounts.services import leave
from customers.models import Customer, Tier
from objections import steps
from objections.actors import CUSTOMER, Actor
from objections.clockface import face
from objections.deadlines.sweeping import sweep
from objections.errors import AlreadyExists, DemandUnmet, FieldInvalid, NotPermitted
from objections.models import Case
from objections.services.cases import open_case, route
from objections.services.stepping import take_steps
from objections.vocabulary import (
    Channel,
    ClockMode,
    Emotion,
    Kind,
    Promise,
    Sensitivity,
    Stage,
)
from tests.conftest import People
from tests.objections.record import clock, events, missing, refused, told
from tests.stories import ACKNOWLEDGE, HOUR, MIN, open_at, opening

pytestmark = pytest.mark.django_db


def test_a_new_case_holds_what_was_said(
    people: People, by: Actor, customer: Any, contact: Any, product: Any, t0: datetime
) -> None:
    case = open_at(
        t0, by=by, customer=customer, contact=contact, product=product, serial="S-1", batch="B-7",
        emotion=Emotion.ANGRY, symptom_codes=("leak", "noise"), frequency="weekly",
        since="February", expectation="A pump that runs", already_tried="Two seals",
        questions=("Why?", "Who pays?"),
    )  # fmt: skip
    assert (case.stage, case.cycle, case.version) == (Stage.LISTEN, 1, 1)
    assert (case.received_at, case.opened_at, case.updated_at) == (t0, t0, t0)
    assert (case.team, case.handler, case.symptom_codes) == (
        people.team, people.engineer, ["leak", "noise"],
    )  # fmt: skip
    assert case.title == "The seal that you fitted leaks again. Line 2 stands still!"
    assert [question.text for question in case.questions.all()] == ["Why?", "Who pays?"]
    [said] = case.contact_records.all()
    assert (said.purpose, said.direction, said.words) == ("opening", "inbound", case.statement)
    assert (said.with_whom, said.emotion) == ("Zhou Min", 4)
    assert sorted(row.promise for row in case.deadlines.all()) == ["acknowledgement", "response"]
    assert events(case) == [
        ("opened", t0), ("deadline_started", t0), ("deadline_started", t0),
    ]  # fmt: skip


def test_references_are_numbered_in_the_year_of_the_installation(by: Actor, customer: Any) -> None:
    eve = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    first, second = (open_at(eve + n * MIN, by=by, customer=customer) for n in (0, 1))
    assert first.reference.startswith("CT-2026-")
    assert second.reference.startswith("CT-2027-")
    assert int(second.reference[-6:]) == int(first.reference[-6:]) + 1


def test_a_long_first_line_is_cut_for_the_title(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer, statement=f"\n {'x' * 200}\nsecond line")
    assert case.title == "x" * 79 + "…"
    named = open_at(t0, by=by, customer=customer, title=" Pump leaks ")
    assert named.title == "Pump leaks"


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"statement": " \n "}, "statement", "empty"),
        ({"customer": None}, "customer", "empty"),
        ({"channel": None}, "channel", "empty"),
    ],
)
def test_an_opening_that_lacks_something_is_refused(
    more: dict[str, Any], field: str, code: str, by: Actor, customer: Any, t0: datetime
) -> None:
    with refused(FieldInvalid) as found:
        open_case(opening(**({"customer": customer} | more)), by=by, now=t0)
    assert (found.value.field, found.value.code) == (field, code)


def test_a_contact_is_one_of_the_customers(
    by: Actor, customer: Any, contact: Any, t0: datetime
) -> None:
    other = Customer.objects.create(name="Somebody else")
    with refused(FieldInvalid) as found:
        open_case(opening(other, contact=contact), by=by, now=t0)
    assert (found.value.field, found.value.code) == ("contact", "contact_of_customer")


def test_a_contact_alone_brings_the_customer(by: Actor, contact: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=None, contact=contact)
    assert case.customer == contact.customer


def test_a_historical_case_may_lack_customer_and_channel(by: Actor, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=None, channel=None, clock_mode=ClockMode.HISTORICAL)
    assert (case.customer, case.channel) == (None, "")
    assert not case.contact_records.exists()


@pytest.mark.parametrize("who", ["analyst", "auditor", "administrator"])
def test_who_only_reads_opens_nothing(
    who: str, people: People, customer: Any, t0: datetime
) -> None:
    with refused(NotPermitted):
        open_case(opening(customer), by=Actor.person(getattr(people, who)), now=t0)


def test_who_has_left_opens_nothing(people: People, by: Actor, customer: Any, t0: datetime) -> None:
    people.engineer.is_active = False
    people.engineer.save()
    with refused(NotPermitted):
        open_case(opening(customer), by=Actor.person(people.engineer), now=t0)


def test_a_handler_who_has_left_is_refused(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    people.colleague.is_active = False
    people.colleague.save()
    with refused(DemandUnmet) as found:
        open_case(opening(customer, handler=people.colleague), by=by, now=t0)
    assert missing(found) == [("handler_in_team", "handler")]


def test_the_number_of_a_source_is_known_once(by: Actor, customer: Any, t0: datetime) -> None:
    named = opening(customer, source="crm", external_id="4711")
    case = open_case(named, by=by, now=t0)
    with refused(AlreadyExists) as found:
        open_case(named, by=by, now=t0 + HOUR)
    assert found.value.reference == case.reference
    assert case.reference in found.value.sentence
    open_case(opening(customer, source="erp", external_id="4711"), by=by, now=t0)
    open_case(opening(customer, source="crm", external_id=""), by=by, now=t0)
    open_case(opening(customer, source="crm", external_id=""), by=by, now=t0)
    assert Case.objects.count() == 4


def test_the_customer_may_open_a_case_themselves(
    people: People, customer: Any, t0: datetime
) -> None:
    case = open_case(opening(customer, channel=Channel.WEB), by=CUSTOMER, now=t0)
    assert (case.handler, case.team) == (None, people.team)


# ── routing ───────────────────────────────────────────────────────────────────────────


def test_a_key_account_goes_to_its_own_team_before_the_products(
    key_account: Customer, product: Any, people: People
) -> None:
    assert route(opening(key_account, product=product)) == key_account.dedicated_team
    key_account.dedicated_team = None
    assert route(opening(key_account, product=product)) == product.team


def test_a_standard_customer_goes_to_the_products_team_else_to_the_default(
    customer: Any, product: Any, people: People
) -> None:
    bikes = people.stranger.teams.get()
    product.team = bikes
    assert route(opening(customer, product=product)) == bikes
    product.team = None
    assert route(opening(customer, product=product)) == people.team
    assert route(opening(customer)) == people.team
    assert route(opening(customer, team=bikes, product=product)) == bikes
    Team.objects.update(is_default=False)
    assert route(opening(customer)) is None


def test_a_dedicated_team_of_a_standard_customer_says_nothing(
    key_account: Customer, people: People
) -> None:
    key_account.tier = Tier.STANDARD
    assert route(opening(key_account)) == people.team


def test_a_key_accounts_supervisor_hears_one_rung_earlier(
    people: People, key_account: Customer, crm: Any, t0: datetime
) -> None:
    case = open_at(t0, by=Actor.program(crm), customer=key_account, handler=people.colleague)
    sweep(now=t0 + 11 * MIN)
    assert told(case, "warned") == [("colleague", 0, t0 + 10 * MIN)]
    sweep(now=t0 + 14 * MIN)
    assert told(case, "warned")[1:] == [
        ("colleague", 0, t0 + 13 * MIN), ("supervisor", 0, t0 + 13 * MIN),
    ]  # fmt: skip
    assert not case.escalations.exists()  # nothing is broken yet
    assert face(clock(case, Promise.ACKNOWLEDGEMENT), now=t0 + 14 * MIN).level == 0
    sweep(now=t0 + 16 * MIN)
    assert case.escalations.get().level == 1


def test_a_standard_customers_supervisor_does_not(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 14 * MIN)
    assert {name for name, _level, _at in told(case, "warned")} == {"engineer"}


def test_a_key_accounts_case_is_announced_to_who_is_called_in_an_emergency(
    people: People, key_account: Customer, crm: Any, t0: datetime
) -> None:
    assert key_account.dedicated_team is not None
    key_account.dedicated_team.members.add(people.engineer, people.colleague)
    leave(people.colleague, at=t0)
    key_account.emergency_contact = people.duty_officer
    key_account.save()
    case = open_at(t0, by=Actor.program(crm), customer=key_account)
    assert [name for name, _level, _at in told(case, "announced")] == ["engineer", "duty_officer"]


def test_an_engineer_who_opens_a_case_of_their_team_has_it(
    people: People, by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    assert open_at(t0, by=by, customer=customer).handler == people.engineer
    assert open_at(t0, by=boss, customer=customer).handler is None
    stranger = Actor.person(people.stranger)
    assert open_at(t0, by=stranger, customer=customer).handler is None


def test_whoever_is_given_a_new_case_is_told(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, handler=people.colleague)
    assert told(case, "assigned") == [("colleague", 0, t0)]
    assert told(case, "announced") == []


def test_an_unassigned_case_belongs_to_whoever_acknowledges_it(
    people: People, crm: Any, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=Actor.program(crm), customer=customer)
    named = steps.Acknowledge(
        channel=Channel.PHONE, summary="Thank you", contacted_by=people.colleague
    )
    take_steps(case, [named], by=Actor.program(crm), now=t0 + MIN)
    assert case.handler == people.colleague
    assert clock(case, Promise.ACKNOWLEDGEMENT).kept_at == t0 + MIN


def test_a_case_acknowledged_as_it_opens_is_announced_to_nobody(
    people: People, crm: Any, customer: Any, t0: datetime
) -> None:
    named = steps.Acknowledge(
        channel=Channel.PHONE, summary="Thank you", contacted_by=people.colleague
    )
    by, new = Actor.program(crm), opening(customer)
    assert told(open_case(new, by=by, now=t0), "announced") != []
    assert told(open_case(new, by=by, now=t0, steps=[named]), "announced") == []


def test_a_restricted_case_without_a_handler_is_not_spread_among_the_team(
    people: People, crm: Any, customer: Any, t0: datetime
) -> None:
    def announced_to(**more: Any) -> list[str]:
        case = open_at(
            t0, by=Actor.program(crm), customer=customer, sensitivity=Sensitivity.RESTRICTED,
            **more,
        )  # fmt: skip
        return [name for name, _level, _at in told(case, "announced")]

    assert announced_to() == ["supervisor"]
    assert announced_to(named_people=(people.analyst, people.colleague)) == [
        "colleague", "analyst",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_opened_and_acknowledged_in_one_breath(
    kind: Kind, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_case(opening(customer, kind=kind), by=by, now=t0, steps=[ACKNOWLEDGE])
    assert case.stage == Stage.CONFIRM
    assert clock(case, Promise.ACKNOWLEDGEMENT).kept_at == t0
