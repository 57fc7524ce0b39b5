"""A merge is no way out: what is refused because a promise, a secret or a team forbids it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Team
from customers.models import Customer
from objections import steps
from objections.actors import Actor
from objections.errors import DemandUnmet
from objections.services.changing import describe
from objections.services.records import withdraw_proof
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import Channel, ClockMode, Kind, LinkMedium, Promise, Sensitivity, Stage
from tests.conftest import T0, People
from tests.objections.merging.merges import UNDO, into
from tests.objections.record import clock, missing, refused
from tests.stories import ACKNOWLEDGE, ATTEMPT, CARRY_OUT, DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db


# ── nobody would owe it ───────────────────────────────────────────────────────────────


def test_a_mere_thanks_takes_in_thanks_alone(by: Actor, customer: Customer) -> None:
    complaint = open_at(T0, by=by, customer=customer)
    thanks, more = (open_at(T0, by=by, customer=customer, kind=Kind.THANKS) for _one in range(2))
    with refused(DemandUnmet) as found:
        take_step(complaint, into(thanks), by=by, now=T0 + MIN)
    assert missing(found) == [("survivor_thanks", "into")]
    assert thanks.reference in found.value.missing[0].sentence
    take_step(more, into(thanks), by=by, now=T0 + MIN)
    take_step(thanks, into(complaint), by=by, now=T0 + 2 * MIN)
    assert clock(complaint, Promise.RESPONSE).is_running


def test_a_case_that_nobody_has_acknowledged_waits_until_somebody_spoke_with_the_customer(
    by: Actor, customer: Customer
) -> None:
    survivor = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    case = open_at(T0 + HOUR, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_step(case, into(survivor), by=by, now=T0 + HOUR + 14 * MIN)
    assert missing(found) == [("merge_acknowledge", "into")]
    update = steps.UpdateProgress(channel=Channel.PHONE, message="We have your second mail, too.")
    take_step(survivor, update, by=by, now=T0 + HOUR + 14 * MIN)
    take_step(case, into(survivor), by=by, now=T0 + HOUR + 14 * MIN)
    assert case.stage == Stage.MERGED


def test_acknowledged_it_may_be_merged(by: Actor, customer: Customer) -> None:
    survivor = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    case = open_at(T0 + HOUR, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE, into(survivor)], by=by, now=T0 + HOUR + 14 * MIN)
    assert case.stage == Stage.MERGED


def test_a_survivor_that_owes_its_own_acknowledgement_takes_it_over(
    by: Actor, customer: Customer
) -> None:
    case, survivor = (open_at(at, by=by, customer=customer) for at in (T0, T0 + 5 * MIN))
    take_step(case, into(survivor), by=by, now=T0 + 14 * MIN)
    assert clock(survivor, Promise.ACKNOWLEDGEMENT).due_at == T0 + 15 * MIN


def test_an_e_mail_that_bounced_is_no_word_with_the_customer(by: Actor, customer: Customer) -> None:
    survivor = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    case = open_at(T0 + HOUR, by=by, customer=customer)
    update = steps.UpdateProgress(
        channel=Channel.EMAIL, to="zhoumin@hengyuan.example", message="We have it."
    )
    take_step(survivor, update, by=by, now=T0 + HOUR + MIN)
    mail = survivor.contact_records.get(channel=Channel.EMAIL)
    withdraw_proof(mail, failure="550", now=T0 + HOUR + 2 * MIN)
    with refused(DemandUnmet) as found:
        take_step(case, into(survivor), by=by, now=T0 + HOUR + 3 * MIN)
    assert missing(found) == [("merge_acknowledge", "into")]


def test_an_attempt_to_reach_the_customer_is_no_word_with_them(
    by: Actor, customer: Customer
) -> None:
    survivor = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    case = open_at(T0 + HOUR, by=by, customer=customer)
    take_step(survivor, ATTEMPT, by=by, now=T0 + HOUR + MIN)
    with refused(DemandUnmet) as found:
        take_step(case, into(survivor), by=by, now=T0 + HOUR + 2 * MIN)
    assert missing(found) == [("merge_acknowledge", "into"), ("merge_response", "into")]


def test_a_link_to_their_page_is_no_word_with_the_customer(by: Actor, customer: Customer) -> None:
    survivor = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    case = open_at(T0 + HOUR, by=by, customer=customer)
    link = steps.Invite(medium=LinkMedium.EMAIL, to="zhoumin@hengyuan.example")
    take_step(survivor, link, by=by, now=T0 + HOUR + MIN)
    with refused(DemandUnmet) as found:
        take_step(case, into(survivor), by=by, now=T0 + HOUR + 2 * MIN)
    assert missing(found) == [("merge_acknowledge", "into")]


@pytest.mark.parametrize("carried_out", [False, True])
def test_a_case_that_waits_for_its_answer_is_not_merged_into_one_that_has_had_its_own(
    carried_out: bool, by: Actor, customer: Customer
) -> None:
    survivor = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_steps(survivor, [TELL, CARRY_OUT][: 1 + carried_out], by=by, now=T0 + HOUR)
    case = walk_to(Stage.CONFIRM, T0 + 2 * HOUR, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_step(case, into(survivor), by=by, now=T0 + 3 * HOUR)
    assert missing(found) == [("merge_response", "into")]
    assert survivor.reference in found.value.missing[0].sentence


def test_the_case_that_was_answered_is_merged_into_the_one_that_waits(
    by: Actor, customer: Customer
) -> None:
    answered = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    waits = walk_to(Stage.CONFIRM, T0 + 2 * HOUR, by=by, customer=customer)
    take_step(answered, into(waits), by=by, now=T0 + 3 * HOUR)
    assert clock(waits, Promise.RESPONSE).due_at == T0 + 2 * HOUR + DAY


def test_a_survivor_that_owes_its_answer_owes_it_for_both(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    survivor = walk_to(Stage.RESPOND, T0 + HOUR, by=by, customer=customer)
    take_step(case, into(survivor), by=by, now=T0 + 2 * HOUR)
    assert clock(survivor, Promise.RESPONSE).due_at == T0 + DAY


def test_cases_of_the_past_owe_nothing_that_a_merge_could_lose(
    by: Actor, customer: Customer
) -> None:
    mode: dict[str, Any] = {"clock_mode": ClockMode.HISTORICAL}
    survivor = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer, **mode)
    case = open_at(T0 + HOUR, by=by, customer=customer, **mode)
    take_step(case, into(survivor), by=by, now=T0 + 2 * HOUR)
    assert case.stage == Stage.MERGED


# ── what not everybody may see ────────────────────────────────────────────────────────


def test_a_restricted_case_and_a_normal_one_are_not_merged(
    by: Actor, boss: Actor, people: People, customer: Customer
) -> None:
    secret = open_at(
        T0, by=by, customer=customer, handler=people.engineer, sensitivity=Sensitivity.RESTRICTED,
        named_people=(people.supervisor,),
    )  # fmt: skip
    plain = open_at(T0, by=by, customer=customer)
    for case, survivor in ((secret, plain), (plain, secret)):
        with refused(DemandUnmet) as found:
            take_step(case, into(survivor), by=by, now=T0 + MIN)
        assert missing(found) == [("survivor_sensitivity", "into")]
    describe(secret, {"sensitivity": Sensitivity.NORMAL}, by=boss, now=T0 + 2 * MIN)
    take_step(secret, into(plain), by=by, now=T0 + 3 * MIN)
    assert secret.merged_into == plain


# ── whose cases they are ──────────────────────────────────────────────────────────────


def test_a_merge_is_undone_by_somebody_who_may_work_on_both_cases(
    by: Actor, boss: Actor, people: People, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    theirs = open_at(
        T0, by=Actor.person(people.stranger), customer=customer,
        team=Team.objects.get(slug="bikes"),
    )  # fmt: skip
    theirs.named_people.add(people.engineer)
    take_step(case, into(theirs), by=by, now=T0 + MIN)
    before = clock(theirs, Promise.RESPONSE).due_at
    with refused(DemandUnmet) as found:
        take_step(case, UNDO, by=boss, now=T0 + 2 * MIN)
    assert missing(found) == [("unmerge_team", "")]
    assert theirs.reference not in found.value.missing[0].sentence
    assert clock(theirs, Promise.RESPONSE).due_at == before
    theirs.named_people.add(people.supervisor)
    take_step(case, UNDO, by=boss, now=T0 + 3 * MIN)
    assert case.stage == Stage.LISTEN


def test_a_program_merges_within_one_team_alone(
    by: Actor, people: People, crm: Any, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    theirs = open_at(
        T0, by=Actor.person(people.stranger), customer=customer,
        team=Team.objects.get(slug="bikes"),
    )  # fmt: skip
    for program in (Actor.program(crm), Actor.program(crm, person=people.engineer)):
        with refused(DemandUnmet) as found:
            take_step(case, into(theirs), by=program, now=T0 + MIN)
        assert missing(found) == [("survivor_team", "into")]
    ours = open_at(T0, by=by, customer=customer)
    take_step(case, into(ours), by=Actor.program(crm), now=T0 + MIN)
    assert case.merged_into == ours
