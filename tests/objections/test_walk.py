"""The main job: a case is logged, kept in time, and carried through its four stages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import CaseEvent, Deadline, Escalation
from objections.vocabulary import DeadlineState, Promise, Stage
from tests.conftest import People
from tests.stories import DAY, HOUR, MIN, NOT_SATISFIED, open_at, walk_to

pytestmark = pytest.mark.django_db


def states(case: Any) -> dict[str, str]:
    return {f"{d.promise} {d.cycle}": d.state.value for d in case.deadlines.all()}


def test_a_case_is_carried_from_the_first_word_to_a_content_customer(
    people: People, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CLOSED, t0, by=Actor.person(people.engineer), customer=customer)
    assert case.stage == Stage.CLOSED
    assert case.closed_at == t0 + 6 * MIN
    assert states(case) == {
        "acknowledgement 1": "kept",
        "response 1": "kept",
        "progress_update 1": "kept",
        "progress_update 2": "void",
        "follow_up 1": "kept",
    }
    assert sweep(now=t0 + 30 * DAY) == 0


def test_what_nobody_answers_climbs_the_whole_ladder(
    people: People, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=Actor.person(people.engineer), customer=customer)
    for minute in range(90):
        sweep(now=t0 + minute * MIN)
    rung = list(
        CaseEvent.objects.filter(case=case, data__promise=Promise.ACKNOWLEDGEMENT)
        .exclude(kind="deadline_started")
        .values_list("kind", "occurred_at")
    )
    assert rung == [
        ("deadline_warned", t0 + 10 * MIN),
        ("deadline_warned", t0 + 13 * MIN),
        ("deadline_breached", t0 + 15 * MIN),
        ("escalation_climbed", t0 + 30 * MIN),
        ("escalation_climbed", t0 + 60 * MIN),
    ]
    [escalation] = Escalation.objects.filter(deadline__promise=Promise.ACKNOWLEDGEMENT)
    assert escalation.level == 3
    told = list(escalation.entries.values_list("level", "told"))
    assert told == [
        (1, [people.supervisor.pk]),
        (2, [people.manager.pk]),
        (3, [people.duty_officer.pk]),
    ]
    ack = Deadline.objects.get(case=case, promise=Promise.ACKNOWLEDGEMENT)
    assert (ack.state, ack.alarm_at) == (DeadlineState.BREACHED, None)


def test_a_second_time_not_satisfied_goes_to_the_supervisor_at_once(
    people: People, customer: Any, t0: datetime
) -> None:
    from objections.services.stepping import take_steps
    from tests.stories import CARRY_OUT, TELL

    by = Actor.person(people.engineer)
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    take_steps(case, [NOT_SATISFIED], by=by, now=t0 + HOUR)
    assert not Escalation.objects.exists()
    assert (case.stage, case.cycle) == (Stage.RESPOND, 2)
    take_steps(case, [TELL, CARRY_OUT, NOT_SATISFIED], by=by, now=t0 + 2 * HOUR)
    [escalation] = Escalation.objects.all()
    assert (escalation.reason, escalation.level) == ("persistent", 1)
    assert case.persistent_at == t0 + 2 * HOUR
