"""Taking an escalation stops the climb, un-breaches nothing, and lapses one level higher."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from objections import sentences, steps
from objections.actors import SYSTEM, Actor
from objections.deadlines.sweeping import sweep
from objections.errors import AlreadyTaken, FieldInvalid, NotPermitted
from objections.models import Case, Escalation, Rung
from objections.selectors.timelines import telling_of
from objections.services.escalations import take
from objections.services.stepping import take_steps
from objections.vocabulary import ClockMode, DeadlineState, Promise
from tests.conftest import People
from tests.objections.record import clock, escalation_of, events, refused, told
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, open_at

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    """A case whose acknowledgement broke a minute ago, at t0 + 15 min."""
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    return case


def taken(
    case: Case, by: Actor, *, until: datetime, now: datetime, next_step: str = "I call them"
) -> Escalation:
    found = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    return take(found, by=by, next_step=next_step, until=until, now=now)


def test_taking_stops_the_climb_until_the_takers_time(
    case: Case, people: People, boss: Actor, t0: datetime
) -> None:
    row = taken(case, boss, until=t0 + 2 * HOUR, now=t0 + 17 * MIN, next_step="  I call them ")
    assert (row.taken_by, row.taken_at) == (people.supervisor, t0 + 17 * MIN)
    assert (row.next_step, row.lapses_at, row.level) == ("I call them", t0 + 2 * HOUR, 1)
    assert clock(case, Promise.ACKNOWLEDGEMENT).alarm_at is None
    assert sweep(now=t0 + 2 * HOUR) == 0
    [event] = case.events.filter(kind="escalation_taken")
    assert (event.user, event.occurred_at) == (people.supervisor, t0 + 17 * MIN)
    assert event.data["until"] == (t0 + 2 * HOUR).isoformat()
    case.refresh_from_db()
    assert (case.version, case.updated_at) == (1, t0 + 17 * MIN)


def test_a_second_take_is_refused_with_the_name_of_the_first(
    case: Case, people: People, boss: Actor, t0: datetime
) -> None:
    row = taken(case, boss, until=t0 + 2 * HOUR, now=t0 + 17 * MIN)
    with refused(AlreadyTaken) as found:
        take(
            row, by=Actor.person(people.manager), next_step="Me too", until=t0 + 3 * HOUR,
            now=t0 + 18 * MIN,
        )  # fmt: skip
    assert found.value.taker == people.supervisor
    assert "Supervisor" in found.value.sentence
    row.refresh_from_db()
    assert row.taken_by == people.supervisor


def test_an_escalation_that_has_closed_cannot_be_taken(
    case: Case, by: Actor, boss: Actor, t0: datetime
) -> None:
    row = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 17 * MIN)
    with refused(AlreadyTaken) as found:
        take(row, by=boss, next_step="x", until=t0 + HOUR, now=t0 + 18 * MIN)
    assert found.value.taker is None


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("supervisor", True), ("manager", True), ("duty_officer", True), ("engineer", False),
        ("colleague", False), ("stranger", False), ("analyst", False), ("auditor", False),
        ("administrator", False),
    ],
)  # fmt: skip
def test_only_who_stands_above_the_case_takes_it(
    who: str, may: bool, case: Case, people: People, t0: datetime
) -> None:
    by = Actor.person(getattr(people, who))
    if may:
        taken(case, by, until=t0 + HOUR, now=t0 + 17 * MIN)
        assert escalation_of(case, Promise.ACKNOWLEDGEMENT).taken_by == by.user
    else:
        with refused(NotPermitted):
            taken(case, by, until=t0 + HOUR, now=t0 + 17 * MIN)


def test_a_program_takes_it_only_for_a_person_of_ours(
    case: Case, people: People, crm: Any, t0: datetime
) -> None:
    for nobody in (Actor.program(crm), SYSTEM):
        with refused(NotPermitted):
            taken(case, nobody, until=t0 + HOUR, now=t0 + 17 * MIN)
    named = Actor.program(crm, person=people.supervisor)
    row = taken(case, named, until=t0 + HOUR, now=t0 + 17 * MIN)
    assert row.taken_by == people.supervisor


def test_a_take_needs_a_next_step_and_a_time_to_come(case: Case, boss: Actor, t0: datetime) -> None:
    now = t0 + 17 * MIN
    with refused(FieldInvalid) as found:
        taken(case, boss, until=t0 + HOUR, now=now, next_step="  ")
    assert (found.value.field, found.value.code) == ("next_step", "empty")
    with refused(FieldInvalid) as found:
        taken(case, boss, until=now, now=now)
    assert (found.value.field, found.value.code) == ("until", "past")


def test_a_promise_kept_while_it_is_taken_closes_it(
    case: Case, by: Actor, boss: Actor, t0: datetime
) -> None:
    row = taken(case, boss, until=t0 + 2 * HOUR, now=t0 + 17 * MIN)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 30 * MIN)
    row.refresh_from_db()
    assert (row.closed_at, row.alarm_at) == (t0 + 30 * MIN, None)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.answered_late_at) == (
        DeadlineState.BREACHED, t0 + 30 * MIN,
    )  # fmt: skip
    assert sweep(now=t0 + 3 * HOUR) == 0
    assert events(case, "escalation_lapsed") == []


def test_when_the_takers_time_passes_it_reopens_one_level_higher(
    case: Case, people: People, boss: Actor, t0: datetime
) -> None:
    until = t0 + 2 * HOUR
    row = taken(case, boss, until=until, now=t0 + 17 * MIN)
    assert sweep(now=until) == 0
    assert sweep(now=until + MICROSECOND) == 1
    row.refresh_from_db()
    assert (row.level, row.taken_at, row.taken_by, row.lapses_at) == (2, None, None, None)
    assert (row.next_step, row.closed_at) == ("", None)
    assert told(case, "lapsed") == [("manager", 2, until)]
    entry = row.entries.last()
    assert entry is not None
    assert (entry.level, entry.rung, entry.told) == (2, None, [people.manager.pk])
    [event] = case.events.filter(kind="escalation_lapsed")
    assert (event.occurred_at, event.data["taker"]) == (until, people.supervisor.pk)


def test_after_a_lapse_the_ladder_goes_on_with_its_own_gaps(
    case: Case, boss: Actor, t0: datetime
) -> None:
    until = t0 + 2 * HOUR
    taken(case, boss, until=until, now=t0 + 17 * MIN)
    sweep(now=until + MIN)
    # Between level 2 (+15 min) and level 3 (+45 min) the ladder leaves half an hour.
    assert clock(case, Promise.ACKNOWLEDGEMENT).alarm_at == until + 30 * MIN
    sweep(now=until + 31 * MIN)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).level == 3
    assert told(case, "escalated")[-1] == ("duty_officer", 3, until + 30 * MIN)


def test_a_lapse_before_the_next_rungs_own_moment_does_not_bring_the_one_after_forward(
    case: Case, boss: Actor, t0: datetime
) -> None:
    taken(case, boss, until=t0 + 20 * MIN, now=t0 + 17 * MIN)
    sweep(now=t0 + 21 * MIN)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).level == 2
    assert clock(case, Promise.ACKNOWLEDGEMENT).alarm_at == t0 + 60 * MIN


def test_taken_again_after_a_lapse_it_lapses_to_the_highest_level_and_stays_there(
    case: Case, people: People, boss: Actor, t0: datetime
) -> None:
    taken(case, boss, until=t0 + HOUR, now=t0 + 17 * MIN)
    sweep(now=t0 + 61 * MIN)
    manager = Actor.person(people.manager)
    taken(case, manager, until=t0 + 2 * HOUR, now=t0 + 62 * MIN)
    sweep(now=t0 + 121 * MIN)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).level == 3
    officer = Actor.person(people.duty_officer)
    taken(case, officer, until=t0 + 3 * HOUR, now=t0 + 122 * MIN)
    sweep(now=t0 + 181 * MIN)
    row = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    assert (row.level, row.taken_by) == (3, None)
    assert told(case, "lapsed") == [
        ("manager", 2, t0 + HOUR),
        ("duty_officer", 3, t0 + 2 * HOUR),
        ("duty_officer", 3, t0 + 3 * HOUR),
    ]
    sweep(now=t0 + 20 * HOUR)
    assert told(case, "lapsed")[-1][2] == t0 + 3 * HOUR  # nothing climbs above the highest


def test_a_ladder_that_skips_a_level_goes_on_above_the_one_lapsed_to(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    Rung.objects.filter(allowance__promise=Promise.ACKNOWLEDGEMENT, level=2).delete()
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    until = t0 + 20 * MIN
    taken(case, boss, until=until, now=t0 + 17 * MIN)
    sweep(now=until + MIN)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).level == 2
    assert clock(case, Promise.ACKNOWLEDGEMENT).alarm_at == until + 45 * MIN
    sweep(now=until + 46 * MIN)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).level == 3


def test_what_falls_due_by_then_rings_before_the_take(
    case: Case, boss: Actor, t0: datetime
) -> None:
    row = taken(case, boss, until=t0 + 2 * HOUR, now=t0 + 31 * MIN)
    assert row.level == 2  # minute 30 came first, though no sweep had seen it


def test_a_take_leaves_the_other_clocks_of_the_case_running(
    case: Case, by: Actor, boss: Actor, t0: datetime
) -> None:
    taken(case, boss, until=t0 + 3 * DAY, now=t0 + 17 * MIN)
    sweep(now=t0 + DAY + MIN)
    assert clock(case, Promise.RESPONSE).breached_at == t0 + DAY
    assert case.escalations.filter(closed_at=None).count() == 2


def test_a_taken_case_can_be_given_to_somebody_else(
    case: Case, people: People, boss: Actor, t0: datetime
) -> None:
    taken(case, boss, until=t0 + HOUR, now=t0 + 17 * MIN)
    take_steps(case, [steps.Assign(handler=people.colleague)], by=boss, now=t0 + 18 * MIN)
    assert case.handler == people.colleague
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).taken_by == people.supervisor


# ── what an entry says of a climb that nobody hears ───────────────────────────────────


def test_a_climb_of_a_live_case_is_never_said_to_be_only_observed(
    case: Case, by: Actor, customer: Any, t0: datetime
) -> None:
    found = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    Escalation.objects.filter(pk=found.pk).update(closed_at=t0 + 20 * MIN, alarm_at=None)
    watched = open_at(t0, by=by, customer=customer, clock_mode=ClockMode.OBSERVE)
    sweep(now=t0 + 31 * MIN)
    for row, observed in ((case, False), (watched, True)):
        [event] = row.events.filter(kind="escalation_climbed")
        assert (event.data["observed"], event.data["told"]) == (observed, [])
        said = sentences.told(event, telling_of(row, [event], t0 + 31 * MIN)).sentence
        assert ("only observed" in said) is observed
