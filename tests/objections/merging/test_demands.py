"""What a merge demands, and of whom."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Team
from customers.models import Customer
from objections import steps
from objections.actors import Actor
from objections.errors import DemandUnmet, FieldInvalid, NotPermitted, StepRefused
from objections.models import Case
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import Channel, ClockMode, Sensitivity, Stage
from tests.conftest import T0, People
from tests.objections.merging.merges import UNDO, into
from tests.objections.record import missing, refused
from tests.stories import DAY, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reference", ["CT-1999-000001", "nonsense", "CT-2026"])
def test_a_survivor_that_nobody_knows_is_refused(
    reference: str, two: tuple[Case, Case], by: Actor
) -> None:
    step = steps.Merge(into=reference, reason="x")
    with refused(DemandUnmet) as found:
        take_step(two[0], step, by=by, now=T0 + 6 * MIN)
    assert missing(found) == [("survivor_known", "into")]


def test_a_survivor_that_does_not_exist_for_the_person_is_refused_as_unknown(
    people: People, by: Actor, customer: Customer
) -> None:
    hidden = open_at(
        T0, by=Actor.person(people.colleague), customer=customer, handler=people.colleague,
        sensitivity=Sensitivity.RESTRICTED,
    )  # fmt: skip
    case = open_at(T0, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_step(case, into(hidden), by=by, now=T0 + MIN)
    assert missing(found) == [("survivor_known", "into")]


def test_a_case_is_not_merged_into_itself(two: tuple[Case, Case], by: Actor) -> None:
    with refused(DemandUnmet) as found:
        take_step(two[0], into(two[0]), by=by, now=T0 + 6 * MIN)
    assert missing(found) == [("survivor_other", "into")]


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.WITHDRAWN])
def test_a_survivor_that_has_ended_is_refused(stage: Stage, by: Actor, customer: Customer) -> None:
    ended = walk_to(stage, T0, by=by, customer=customer)
    case = open_at(T0 + HOUR, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_step(case, into(ended), by=by, now=T0 + HOUR)
    assert missing(found) == [("survivor_open", "into")]


def test_a_survivor_that_was_itself_merged_is_refused(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    third = open_at(T0 + 5 * MIN, by=by, customer=early.customer)
    take_step(late, into(early), by=by, now=T0 + 6 * MIN)
    with refused(DemandUnmet) as found:
        take_step(third, into(late), by=by, now=T0 + 7 * MIN)
    assert missing(found) == [("survivor_open", "into")]


def test_another_customers_case_takes_it_in_only_by_a_supervisors_hand(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    theirs = open_at(T0, by=by, customer=Customer.objects.create(name="Hengyuan Chem. Ltd"))
    with refused(DemandUnmet) as found:
        take_step(case, into(theirs), by=by, now=T0 + MIN)
    assert missing(found) == [("survivor_customer", "into")]
    take_step(case, into(theirs), by=boss, now=T0 + MIN)
    assert case.merged_into == theirs


def test_another_teams_case_is_not_ours_to_merge_into(
    people: People, by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    theirs = open_at(
        T0, by=Actor.person(people.stranger), customer=customer,
        team=Team.objects.get(slug="bikes"),
    )  # fmt: skip
    with refused(DemandUnmet) as found:
        take_step(case, into(theirs), by=by, now=T0 + MIN)
    assert missing(found) == [("survivor_team", "into")]


@pytest.mark.parametrize("mode", [ClockMode.HISTORICAL, ClockMode.OBSERVE])
def test_a_live_case_and_one_whose_clocks_do_not_ring_are_not_mixed(
    mode: ClockMode, by: Actor, customer: Customer
) -> None:
    live = open_at(T0, by=by, customer=customer)
    other = open_at(T0, by=by, customer=customer, clock_mode=mode)
    for case, survivor in ((live, other), (other, live)):
        with refused(DemandUnmet) as found:
            take_step(case, into(survivor), by=by, now=T0 + MIN)
        assert missing(found) == [("survivor_clocks", "into")]


def test_a_promise_to_the_customer_does_not_vanish_with_a_merge(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    promise = steps.Commit(what="A new seal at your gate", due_at=T0 + DAY)
    take_step(early, promise, by=by, now=T0 + 6 * MIN)
    with refused(DemandUnmet) as found:
        take_step(early, into(late), by=by, now=T0 + 7 * MIN)
    assert missing(found) == [("merge_commitment", "")]
    assert "A new seal at your gate" in found.value.missing[0].sentence
    kept = steps.KeepCommitment(commitment=1, proof="Receipt")
    take_steps(early, [kept, into(late)], by=by, now=T0 + 8 * MIN)
    assert early.stage == Stage.MERGED


def test_what_the_customer_wrote_does_not_vanish_with_a_merge(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    wrote = steps.ReceiveMessage(channel=Channel.CHAT, message="When do you come?")
    take_step(early, wrote, by=by, now=T0 + 6 * MIN)
    with refused(DemandUnmet) as found:
        take_step(early, into(late), by=by, now=T0 + 7 * MIN)
    assert missing(found) == [("merge_message", "")]
    reply = steps.Reply(channel=Channel.PHONE, message="At three.")
    take_steps(early, [reply, into(late)], by=by, now=T0 + 8 * MIN)
    assert early.stage == Stage.MERGED


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.WITHDRAWN])
def test_a_case_that_has_ended_is_not_merged(stage: Stage, by: Actor, customer: Customer) -> None:
    ended = walk_to(stage, T0, by=by, customer=customer)
    other = open_at(T0 + HOUR, by=by, customer=customer)
    with refused(StepRefused):
        take_step(ended, into(other), by=by, now=T0 + HOUR)


def test_a_merge_is_not_dated_back(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    step = steps.Merge(into=late.reference, reason="x", at=T0 + 6 * MIN)
    with refused(FieldInvalid) as found:
        take_step(early, step, by=by, now=T0 + 20 * MIN)
    assert (found.value.field, found.value.code) == ("at", "at_once")
    take_step(early, step, by=by, now=T0 + 8 * MIN)
    assert early.merged_at == T0 + 8 * MIN


@pytest.mark.parametrize("name", ["into", "reason"])
def test_a_merge_says_into_which_case_and_why(name: str, two: tuple[Case, Case], by: Actor) -> None:
    given: dict[str, Any] = {"into": two[1].reference, "reason": "x", name: "  "}
    with refused(FieldInvalid) as found:
        take_step(two[0], steps.Merge(**given), by=by, now=T0 + 6 * MIN)
    assert found.value.field == name


def test_a_program_merges_cases_too_but_does_not_undo_it(
    two: tuple[Case, Case], by: Actor, crm: Any, people: People
) -> None:
    early, late = two
    take_step(early, into(late), by=Actor.program(crm), now=T0 + 6 * MIN)
    assert early.stage == Stage.MERGED
    for actor in (Actor.program(crm), Actor.program(crm, person=people.supervisor)):
        with refused(NotPermitted):
            take_step(early, UNDO, by=actor, now=T0 + 7 * MIN)
