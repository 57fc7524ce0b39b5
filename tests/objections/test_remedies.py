"""A remedy is bounded by its proposer's limit, and nobody approves their own."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from accounts.models import Absence, Role
from objections import steps
from objections.actors import SYSTEM, Actor
from objections.errors import AboveLimit, DemandUnmet, FieldInvalid, NotPermitted, StepRefused
from objections.models import ApprovalRule, Case, Remedy, RemedyLimit
from objections.selectors import answering
from objections.services import remedies
from objections.services.stepping import take_steps
from objections.vocabulary import Promise, RemedyKind, Stage
from tests.conftest import People
from tests.objections.record import events, rang, refused, snapshot, told
from tests.stories import DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    return walk_to(Stage.RESPOND, t0, by=by, customer=customer)


def proposed(case: Case, by: Actor, cost: str, now: datetime) -> Remedy:
    return remedies.propose(
        case, kind=RemedyKind.REFUND, description=" Half the price ", cost=Decimal(cost), by=by,
        now=now,
    )  # fmt: skip


def test_up_to_ones_own_limit_nobody_is_asked(case: Case, by: Actor, t0: datetime) -> None:
    remedy = proposed(case, by, "1000.00", t0 + HOUR)
    assert (remedy.needs_approval, remedy.is_open, remedy.description) == (
        False, False, "Half the price",
    )  # fmt: skip
    assert told(case, "approval_asked") == []
    assert events(case, "remedy_proposed") == [("remedy_proposed", t0 + HOUR)]


def test_a_cent_above_it_the_supervisor_is_asked(case: Case, by: Actor, t0: datetime) -> None:
    remedy = proposed(case, by, "1000.01", t0 + HOUR)
    assert (remedy.needs_approval, remedy.is_open) == (True, True)
    assert told(case, "approval_asked") == [("supervisor", 0, t0 + HOUR)]


def test_a_supervisors_own_proposal_goes_to_the_manager(
    case: Case, boss: Actor, t0: datetime
) -> None:
    proposed(case, boss, "20000.01", t0 + HOUR)
    assert told(case, "approval_asked") == [("manager", 0, t0 + HOUR)]


def test_a_role_without_a_limit_may_promise_nothing(case: Case, by: Actor, t0: datetime) -> None:
    RemedyLimit.objects.filter(role=Role.ENGINEER).delete()
    assert proposed(case, by, "0.01", t0 + HOUR).needs_approval
    assert not proposed(case, by, "0", t0 + HOUR).needs_approval


def test_an_approval_is_written_down_with_who_gave_it(
    case: Case, people: People, by: Actor, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "5000", t0 + HOUR)
    approved = remedies.approve(remedy, by=boss, now=t0 + 2 * HOUR)
    assert (approved.approved_at, approved.decided_by) == (t0 + 2 * HOUR, people.supervisor)
    assert events(case, "remedy_approved") == [("remedy_approved", t0 + 2 * HOUR)]
    version = Case.objects.get(pk=case.pk).version
    assert version == case.version + 2


def test_a_refusal_is_written_down_and_lets_the_solution_be_told_without_it(
    case: Case, people: People, by: Actor, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "5000", t0 + HOUR)
    refusal = remedies.refuse(remedy, by=boss, now=t0 + 2 * HOUR)
    assert (refusal.refused_at, refusal.decided_by) == (t0 + 2 * HOUR, people.supervisor)
    take_steps(case, [TELL], by=by, now=t0 + 3 * HOUR)
    assert case.solutions.count() == 1


@pytest.mark.parametrize("who", ["engineer", "colleague", "stranger", "analyst", "auditor"])
def test_only_who_stands_above_decides(
    who: str, case: Case, people: People, by: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "5000", t0 + HOUR)
    for decide in (remedies.approve, remedies.refuse):
        with refused(NotPermitted):
            decide(remedy, by=Actor.person(getattr(people, who)), now=t0 + 2 * HOUR)
    with refused(NotPermitted):
        remedies.approve(remedy, by=SYSTEM, now=t0 + 2 * HOUR)


def test_nobody_decides_on_their_own_proposal(
    case: Case, people: People, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, boss, "30000", t0 + HOUR)
    for decide in (remedies.approve, remedies.refuse):
        with refused(NotPermitted):
            decide(remedy, by=boss, now=t0 + 2 * HOUR)
    remedies.approve(remedy, by=Actor.person(people.manager), now=t0 + 2 * HOUR)


def test_nobody_approves_above_their_own_limit_but_may_refuse(
    case: Case, by: Actor, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "20000.01", t0 + HOUR)
    assert told(case, "approval_asked") == [("manager", 0, t0 + HOUR)]
    with refused(AboveLimit):
        remedies.approve(remedy, by=boss, now=t0 + 2 * HOUR)
    assert remedies.refuse(remedy, by=boss, now=t0 + 2 * HOUR).refused_at == t0 + 2 * HOUR


def test_a_decision_stands(
    case: Case, people: People, by: Actor, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "5000", t0 + HOUR)
    remedies.refuse(remedy, by=boss, now=t0 + 2 * HOUR)
    before = snapshot()
    again = remedies.approve(remedy, by=Actor.person(people.manager), now=t0 + 3 * HOUR)
    assert (again.approved_at, again.refused_at) == (None, t0 + 2 * HOUR)
    assert snapshot() == before


# ── two people ────────────────────────────────────────────────────────────────────────


def test_a_cent_above_the_rule_two_different_people_must_approve(
    case: Case, people: People, by: Actor, boss: Actor, t0: datetime
) -> None:
    assert proposed(case, by, "50000.00", t0 + HOUR).approvals_needed == 1
    remedy = proposed(case, by, "50000.01", t0 + HOUR)
    assert (remedy.needs_approval, remedy.approvals_needed) == (True, 2)
    first = remedies.approve(remedy, by=boss, now=t0 + 2 * HOUR)
    assert (first.is_open, first.decided_by) == (True, None)
    with refused(DemandUnmet):
        take_steps(case, [TELL], by=by, now=t0 + 2 * HOUR)
    last = remedies.approve(remedy, by=Actor.person(people.manager), now=t0 + 3 * HOUR)
    assert (last.approved_at, last.decided_by) == (t0 + 3 * HOUR, people.manager)
    assert [(one.user, one.approved_at) for one in last.approvals.all()] == [
        (people.supervisor, t0 + 2 * HOUR), (people.manager, t0 + 3 * HOUR),
    ]  # fmt: skip


def test_the_two_are_asked_one_after_the_other(
    case: Case, people: People, by: Actor, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "60000", t0 + HOUR)
    assert told(case, "approval_asked") == [("supervisor", 0, t0 + HOUR)]
    remedies.approve(remedy, by=boss, now=t0 + 2 * HOUR)
    assert told(case, "approval_asked")[1:] == [("manager", 0, t0 + 2 * HOUR)]
    remedies.approve(remedy, by=Actor.person(people.manager), now=t0 + 3 * HOUR)
    assert len(told(case, "approval_asked")) == 2


def test_who_was_asked_in_somebodys_place_decides_on_that_and_not_on_what_comes_later(
    case: Case, people: People, by: Actor, t0: datetime
) -> None:
    stood_in = Actor.person(people.colleague)
    away = Absence.objects.create(
        user=people.supervisor, begins_at=t0, ends_at=t0 + DAY, stand_in=people.colleague
    )
    asked = proposed(case, by, "60000", t0 + HOUR)
    assert told(case, "approval_asked") == [("colleague", 0, t0 + HOUR)]
    away.delete()
    later = proposed(case, by, "70000", t0 + 2 * DAY)
    with refused(NotPermitted):
        remedies.approve(later, by=stood_in, now=t0 + 3 * DAY)
    with refused(NotPermitted):
        remedies.refuse(later, by=stood_in, now=t0 + 3 * DAY)
    shown = answering.of(
        case, people.colleague, t0 + 3 * DAY, solution=None, options=[], remedies=[asked, later],
        commitments=[], deadlines=[], supervises=True,
    ).remedies  # fmt: skip
    assert [(row.may_approve, row.may_refuse) for row in shown] == [(True, True), (False, False)]
    assert remedies.approve(asked, by=stood_in, now=t0 + 3 * DAY).approvals.count() == 1


def test_one_person_does_not_count_twice_however_often_they_say_yes(
    case: Case, people: People, by: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "60000", t0 + HOUR)
    manager = Actor.person(people.manager)
    remedies.approve(remedy, by=manager, now=t0 + 2 * HOUR)
    before = snapshot()
    assert remedies.approve(remedy, by=manager, now=t0 + 3 * HOUR).is_open
    assert snapshot() == before


def test_one_of_the_two_needs_a_limit_that_reaches_the_cost(
    case: Case, people: People, by: Actor, boss: Actor, t0: datetime
) -> None:
    RemedyLimit.objects.filter(role=Role.MANAGER).update(amount=Decimal(55_000))
    remedy = proposed(case, by, "60000", t0 + HOUR)
    remedies.approve(remedy, by=boss, now=t0 + 2 * HOUR)
    with refused(AboveLimit):
        remedies.approve(remedy, by=Actor.person(people.manager), now=t0 + 2 * HOUR)
    RemedyLimit.objects.filter(role=Role.MANAGER).update(amount=Decimal(60_000))
    remedies.approve(remedy, by=Actor.person(people.manager), now=t0 + 2 * HOUR)


def test_whoever_proposed_it_is_neither_of_the_two(
    case: Case, people: People, t0: datetime
) -> None:
    manager = Actor.person(people.manager)
    remedy = proposed(case, manager, "60000", t0 + HOUR)
    assert told(case, "approval_asked") == [("supervisor", 0, t0 + HOUR)]
    with refused(NotPermitted):
        remedies.approve(remedy, by=manager, now=t0 + HOUR)
    for name in ("supervisor", "duty_officer"):
        remedies.approve(remedy, by=Actor.person(getattr(people, name)), now=t0 + 2 * HOUR)
    assert Remedy.objects.get().decided_by == people.duty_officer


def test_one_refusal_ends_it_also_after_the_first_yes(
    case: Case, people: People, by: Actor, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "60000", t0 + HOUR)
    remedies.approve(remedy, by=Actor.person(people.manager), now=t0 + 2 * HOUR)
    assert remedies.refuse(remedy, by=boss, now=t0 + 3 * HOUR).refused_at == t0 + 3 * HOUR
    assert not remedies.approve(remedy, by=boss, now=t0 + 4 * HOUR).approved_at


def test_a_rule_that_changes_later_changes_nothing_of_what_was_proposed(
    case: Case, by: Actor, boss: Actor, t0: datetime
) -> None:
    remedy = proposed(case, by, "5000", t0 + HOUR)
    ApprovalRule.objects.update(two_people_above=Decimal(10))
    assert remedies.approve(remedy, by=boss, now=t0 + 2 * HOUR).approved_at
    assert proposed(case, by, "11", t0 + 2 * HOUR).approvals_needed == 2


def test_a_migration_taken_back_and_run_again_leaves_the_rule_as_it_was_set() -> None:
    ApprovalRule.objects.update(two_people_above=7)
    import_module("objections.migrations.0015_words_of_cases").ship_rule(apps, None)
    assert ApprovalRule.objects.get().two_people_above == 7


@pytest.mark.parametrize(
    ("cost", "description", "field", "code"),
    [("-0.01", "x", "cost", "negative"), ("1", "  ", "description", "empty")],
)
def test_a_remedy_costs_something_or_nothing_and_says_what_it_is(
    cost: str, description: str, field: str, code: str, case: Case, by: Actor, t0: datetime
) -> None:
    with refused(FieldInvalid) as found:
        remedies.propose(
            case, kind=RemedyKind.OTHER, description=description, cost=Decimal(cost), by=by,
            now=t0 + HOUR,
        )  # fmt: skip
    assert (found.value.field, found.value.code) == (field, code)


def test_who_may_not_work_on_the_case_proposes_nothing(
    case: Case, people: People, t0: datetime
) -> None:
    for who in (people.stranger, people.auditor):
        with refused(NotPermitted):
            proposed(case, Actor.person(who), "1", t0 + HOUR)


def test_a_case_that_has_ended_takes_no_remedy(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.CLOSED, t0, by=by, customer=customer)
    with refused(StepRefused) as found:
        proposed(case, by, "1", t0 + HOUR)
    assert found.value.allowed[0] == "reopen"


def test_proposing_rings_what_fell_due_first(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer)
    proposed(case, by, "1", t0 + 16 * MIN)
    assert len(rang(case, Promise.ACKNOWLEDGEMENT)) == 3
    take_steps(case, [steps.WriteNote(text="x")], by=by, now=t0 + 16 * MIN)
    assert len(rang(case, Promise.ACKNOWLEDGEMENT)) == 3
