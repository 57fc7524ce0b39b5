"""Who may do what to which case, and for whom a restricted case does not exist."""

from __future__ import annotations

from datetime import datetime
from itertools import product
from typing import Any

import pytest

from accounts.models import Role, Team
from objections import permissions, steps
from objections.actors import CUSTOMER, SYSTEM, Actor
from objections.deadlines.sweeping import sweep
from objections.errors import NotPermitted
from objections.models import Case, CaseAccess
from objections.services.records import read_restricted
from objections.services.stepping import take_steps
from objections.vocabulary import Action, Sensitivity, Stage
from tests.conftest import People, person
from tests.objections.record import refused
from tests.stories import ACKNOWLEDGE, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db

STEPS_OF_A_CASE = [action for action in Action if action is not Action.OPEN]
EVERYBODY = (
    "engineer", "colleague", "supervisor", "manager", "duty_officer", "stranger", "analyst",
    "auditor", "administrator",
)  # fmt: skip

# Who may take the steps of a normal case, and who may do what is for supervisors.
WORKS = {"engineer", "colleague", "supervisor", "manager", "duty_officer"}
SUPERVISES = {"supervisor", "manager", "duty_officer"}


@pytest.mark.parametrize("stage", [Stage.LISTEN, Stage.CLOSED])
def test_the_matrix_of_people_and_steps(
    stage: Stage, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(stage, t0, by=by, customer=customer)
    for who, action in product(EVERYBODY, STEPS_OF_A_CASE):
        found = permissions.may(getattr(people, who), action, case)
        may = SUPERVISES if action in permissions.FOR_SUPERVISORS else WORKS
        assert found == (who in may), f"{who} {action}"


def test_the_matrix_of_people_and_what_is_for_supervisors(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    for who, verb in product(EVERYBODY, permissions.FOR_SUPERVISORS):
        found = permissions.may(getattr(people, who), verb, case)
        assert found == (who in SUPERVISES), f"{who} {verb}"


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_step_by_who_may_not_is_refused_and_changes_nothing(
    who: str, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    actor = Actor.person(getattr(people, who))
    if who in WORKS:
        take_steps(case, [ACKNOWLEDGE], by=actor, now=t0 + MIN)
        assert case.stage == Stage.CONFIRM
    else:
        with refused(NotPermitted):
            take_steps(case, [ACKNOWLEDGE], by=actor, now=t0 + MIN)


def test_a_supervisor_of_another_team_does_not_stand_above(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    other = person("other_supervisor", Role.SUPERVISOR)
    Team.objects.filter(slug="bikes").update(supervisor=other)
    case = open_at(t0, by=by, customer=customer)
    assert not permissions.may(other, Action.NOTE, case)
    assert not permissions.may(other, permissions.TAKE_ESCALATION, case)
    assert permissions.visible_to(other).filter(pk=case.pk).exists()  # they may read it


def test_the_handler_and_named_people_act_without_being_members(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, handler=people.stranger)
    assert permissions.may(people.stranger, Action.ACKNOWLEDGE, case)
    named = open_at(t0, by=by, customer=customer, named_people=(people.stranger,))
    assert permissions.may(people.stranger, Action.ACKNOWLEDGE, named)
    assert not permissions.may(people.stranger, permissions.TAKE_ESCALATION, named)


def test_a_case_without_a_team_is_everybodys_and_supervisors_take_it(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    Team.objects.update(is_default=False)
    case = open_at(t0, by=Actor.person(people.stranger), customer=customer)
    assert case.team is None
    assert permissions.may(people.stranger, Action.ACKNOWLEDGE, case)
    assert not permissions.may(people.stranger, permissions.TAKE_ESCALATION, case)
    assert permissions.may(people.supervisor, permissions.TAKE_ESCALATION, case)
    assert not permissions.may(people.analyst, Action.NOTE, case)


def test_who_has_left_may_do_and_see_nothing(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    people.engineer.is_active = False
    assert not permissions.may(people.engineer, Action.NOTE, case)
    assert not permissions.visible_to(people.engineer).exists()


def test_undoing_a_merge_is_the_one_step_for_supervisors_alone() -> None:
    assert {action for action in Action if action in permissions.FOR_SUPERVISORS} == {
        Action.UNMERGE
    }


def test_what_each_kind_of_actor_may_do(
    people: People, by: Actor, crm: Any, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    for action in STEPS_OF_A_CASE:
        assert permissions.allows(Actor.program(crm), action, case) == (
            action not in permissions.FOR_SUPERVISORS
        )
        assert permissions.allows(SYSTEM, action, case)
        assert permissions.allows(CUSTOMER, action, case) == (
            action in permissions.FOR_THE_CUSTOMER
        )
    assert not permissions.allows(Actor.person(people.stranger), Action.NOTE, case)


# ── restricted cases ──────────────────────────────────────────────────────────────────


@pytest.fixture
def restricted(by: Actor, customer: Any, people: People, t0: datetime) -> Case:
    return open_at(
        t0, by=by, customer=customer, sensitivity=Sensitivity.RESTRICTED,
        named_people=(people.stranger,),
    )  # fmt: skip


def who_sees(case: Case, people: People) -> set[str]:
    return {
        who
        for who in EVERYBODY
        if permissions.visible_to(getattr(people, who)).filter(pk=case.pk).exists()
    }


def test_a_normal_case_is_seen_by_all_who_work_here(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    assert who_sees(open_at(t0, by=by, customer=customer), people) == set(EVERYBODY)


def test_a_restricted_case_exists_only_for_its_handler_named_people_and_keepers_of_the_trace(
    restricted: Case, people: People
) -> None:
    assert who_sees(restricted, people) == {"engineer", "stranger", "auditor", "administrator"}


def test_a_restricted_case_comes_to_exist_for_whom_its_ladder_told(
    restricted: Case, people: People, t0: datetime
) -> None:
    sweep(now=t0 + 16 * MIN)
    assert "supervisor" in who_sees(restricted, people)
    assert "manager" not in who_sees(restricted, people)
    sweep(now=t0 + 31 * MIN)
    assert "manager" in who_sees(restricted, people)
    assert not who_sees(restricted, people) & {"colleague", "analyst"}


def test_the_members_of_its_team_do_not_act_on_what_does_not_exist_for_them(
    restricted: Case, people: People, t0: datetime
) -> None:
    for who in ("colleague", "supervisor", "manager"):
        with refused(NotPermitted):
            take_steps(
                restricted, [ACKNOWLEDGE], by=Actor.person(getattr(people, who)), now=t0 + MIN
            )
    take_steps(restricted, [ACKNOWLEDGE], by=Actor.person(people.stranger), now=t0 + MIN)


def test_who_has_handed_a_restricted_case_on_no_longer_sees_it(
    restricted: Case, people: People, by: Actor, t0: datetime
) -> None:
    take_steps(restricted, [steps.Assign(handler=people.colleague)], by=by, now=t0 + MIN)
    assert who_sees(restricted, people) >= {"colleague"}
    back = steps.Assign(handler=people.supervisor)
    take_steps(restricted, [back], by=Actor.person(people.colleague), now=t0 + 2 * MIN)
    assert who_sees(restricted, people) & {"engineer", "colleague"} == {"engineer"}


def test_a_restricted_case_stays_for_the_person_who_opened_it(
    people: People, customer: Any, t0: datetime
) -> None:
    case = open_at(
        t0, by=Actor.person(people.colleague), customer=customer, handler=people.engineer,
        sensitivity=Sensitivity.RESTRICTED,
    )  # fmt: skip
    assert who_sees(case, people) == {"colleague", "engineer", "auditor", "administrator"}
    normal = open_at(t0, by=Actor.person(people.colleague), customer=customer)
    assert not normal.named_people.exists()


def test_reading_a_restricted_case_leaves_a_trace_and_a_normal_one_none(
    restricted: Case, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    read_restricted(restricted, people.auditor, now=t0 + HOUR)
    normal = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    read_restricted(normal, people.auditor, now=t0 + HOUR)
    [trace] = CaseAccess.objects.all()
    assert (trace.case, trace.user, trace.read_at) == (restricted, people.auditor, t0 + HOUR)


def test_a_program_sees_normal_cases_and_the_restricted_ones_that_it_brought(
    restricted: Case, by: Actor, customer: Any, crm: Any, t0: datetime
) -> None:
    normal = open_at(t0, by=by, customer=customer)
    own = open_at(
        t0, by=Actor.program(crm), customer=customer, sensitivity=Sensitivity.RESTRICTED,
        source="crm", external_id="1",
    )  # fmt: skip
    open_at(t0, by=by, customer=customer, sensitivity=Sensitivity.RESTRICTED, source="erp",
            external_id="1")  # fmt: skip
    assert set(permissions.visible_to_client(crm)) == {normal, own}
