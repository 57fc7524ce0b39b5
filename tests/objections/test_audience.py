"""Item 19: an absent person's stand-in is told at once; nobody there, it goes up, and is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import DutyShift, Role, User
from accounts.presence import Presence
from accounts.services import arrive, leave, name_stand_in, plan_absence
from dashboards.selectors import board, scope
from objections import audience, permissions, steps
from objections.actors import Actor
from objections.deadlines.explaining import explain
from objections.deadlines.sweeping import sweep
from objections.errors import NotPermitted
from objections.models import Allowance, Case, Deadline, Escalation, EscalationEntry, Notice, Rung
from objections.services.escalations import take
from objections.services.remedies import approve, propose
from objections.services.stepping import take_steps
from objections.vocabulary import ClockMode, Promise, RemedyKind, Sensitivity, Stage
from tests.conftest import People, person
from tests.objections.record import clock, escalation_of, events, rang, refused, told
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, NOT_SATISFIED, TELL, open_at, walk_to
from tests.stories import CARRY_OUT as DONE

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)
BREACH = 15 * MIN


@pytest.fixture
def stand_in(people: People) -> User:
    """Somebody of no team, who stands in for the supervisor."""
    found = person("stand_in")
    name_stand_in(people.supervisor, found)
    return found


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    return open_at(t0, by=by, customer=customer)


def entry(case: Case, level: int = 1) -> EscalationEntry:
    return EscalationEntry.objects.get(escalation__case=case, level=level)


def test_item_19_an_absent_supervisors_stand_in_is_told_at_once_and_in_whose_place(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    leave(people.supervisor, at=t0)
    sweep(now=t0 + 16 * MIN)
    assert told(case, "escalated") == [
        ("stand_in", 1, t0 + BREACH), ("engineer", 1, t0 + BREACH),
    ]  # fmt: skip
    said = entry(case)
    assert (said.told, said.in_place_of) == ([stand_in.pk], [people.supervisor.pk])
    event = case.events.get(kind="deadline_breached")
    assert event.data["told"] == [stand_in.pk]
    assert event.data["in_place_of"] == [people.supervisor.pk]


def test_item_19_who_is_here_is_told_themselves(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    leave(people.supervisor, at=t0)
    arrive(people.supervisor)
    sweep(now=t0 + 16 * MIN)
    assert (entry(case).told, entry(case).in_place_of) == ([people.supervisor.pk], [])
    assert not Notice.objects.filter(user=stand_in).exists()


@pytest.mark.parametrize(
    ("begins", "ends", "absent"),
    [
        (0 * MIN, 60 * MIN, True),
        (16 * MIN, 60 * MIN, True),
        (17 * MIN, 60 * MIN, False),
        (0 * MIN, 16 * MIN, False),
        (0 * MIN, 16 * MIN + MICROSECOND, True),
        (5 * MIN, None, True),
    ],
    ids=["covers", "begins now", "begins later", "ends now", "ends just later", "open end"],
)
def test_item_19_a_planned_absence_counts_from_its_beginning_until_before_its_end(
    begins: timedelta, ends: timedelta | None, absent: bool, case: Case, people: People,
    stand_in: User, t0: datetime,
) -> None:  # fmt: skip
    plan_absence(
        people.supervisor, begins_at=t0 + begins, ends_at=t0 + ends if ends is not None else None
    )
    sweep(now=t0 + 16 * MIN)
    assert entry(case).told == [stand_in.pk if absent else people.supervisor.pk]


def test_item_19_the_stand_in_of_an_absence_goes_before_the_one_of_always(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    plan_absence(people.supervisor, begins_at=t0, ends_at=t0 + DAY, stand_in=people.colleague)
    sweep(now=t0 + 16 * MIN)
    assert entry(case).told == [people.colleague.pk]


def test_item_19_chains_of_stand_ins_are_followed_past_the_absent_and_those_who_left(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    second, third = person("second"), person("third")
    name_stand_in(stand_in, second)
    name_stand_in(second, third)
    leave(people.supervisor, at=t0)
    leave(stand_in, at=t0)
    second.is_active = False
    second.save()
    sweep(now=t0 + 16 * MIN)
    assert (entry(case).told, entry(case).in_place_of) == ([third.pk], [people.supervisor.pk])


def test_item_19_a_ring_of_absent_people_ends_and_it_goes_up(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    name_stand_in(stand_in, people.supervisor)
    leave(people.supervisor, at=t0)
    leave(stand_in, at=t0)
    sweep(now=t0 + 16 * MIN)
    assert entry(case).told == [people.manager.pk]


@pytest.mark.parametrize(
    ("away", "levels"),
    [
        (["supervisor"], ["manager", "manager", "duty_officer"]),
        (["manager"], ["supervisor", "duty_officer", "duty_officer"]),
        (["supervisor", "manager"], ["duty_officer"] * 3),
        (["manager", "duty_officer"], ["supervisor"] * 3),
        (["duty_officer"], ["supervisor", "manager", "manager"]),
    ],
)
def test_item_19_with_nobody_to_stand_in_it_goes_up_and_from_the_top_down(
    away: list[str], levels: list[str], case: Case, people: People, t0: datetime
) -> None:
    for name in away:
        leave(getattr(people, name), at=t0)
    sweep(now=t0 + 61 * MIN)
    heard = [entry(case, level).told for level in (1, 2, 3)]
    assert heard == [[getattr(people, name).pk] for name in levels]


def test_item_19_with_nobody_at_all_the_rung_rings_and_the_board_says_so(
    case: Case, people: People, t0: datetime
) -> None:
    for someone in (people.supervisor, people.manager, people.duty_officer):
        leave(someone, at=t0)
    sweep(now=t0 + 16 * MIN)
    assert (entry(case).told, rang(case, Promise.ACKNOWLEDGEMENT)[-1][1]) == ([], t0 + BREACH)
    [said] = board.show(people.engineer, now=t0 + 16 * MIN).untaken
    assert said.nobody
    assert said.climb is not None
    assert said.climb.people == ()
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.engineer)
    assert "Nobody to tell" in browser.get("/board/").content.decode()
    arrive(people.manager)
    sweep(now=t0 + 31 * MIN)
    [said] = board.show(people.engineer, now=t0 + 31 * MIN).untaken
    assert not said.nobody
    assert "Nobody to tell" not in browser.get("/board/").content.decode()


def test_item_19_an_absent_handlers_rungs_go_to_their_stand_in(
    case: Case, people: People, t0: datetime
) -> None:
    name_stand_in(people.engineer, people.stranger)
    leave(people.engineer, at=t0)
    for minute in (11, 14, 16):
        sweep(now=t0 + minute * MIN)
    assert {name for name, *_ in told(case, "warned")} == {"stranger"}
    assert [name for name, *_ in told(case, "escalated")] == ["supervisor", "stranger"]
    [first, _second] = case.events.filter(kind="deadline_warned")
    assert first.data["told"] == [people.stranger.pk]
    assert first.data["in_place_of"] == [people.engineer.pk]


def test_item_19_with_no_stand_in_an_absent_handlers_rungs_go_to_who_is_there_of_the_team(
    case: Case, people: People, t0: datetime
) -> None:
    leave(people.engineer, at=t0)
    sweep(now=t0 + 11 * MIN)
    assert told(case, "warned") == [("colleague", 0, t0 + 10 * MIN)]
    leave(people.colleague, at=t0 + 11 * MIN)
    sweep(now=t0 + 14 * MIN)
    assert told(case, "warned")[1:] == [("supervisor", 0, t0 + 13 * MIN)]


def test_item_19_a_restricted_case_is_not_spread_among_the_team_of_an_absent_handler(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, sensitivity=Sensitivity.RESTRICTED)
    leave(people.engineer, at=t0)
    sweep(now=t0 + 11 * MIN)
    assert told(case, "warned") == [("supervisor", 0, t0 + 10 * MIN)]
    name_stand_in(people.engineer, people.stranger)
    sweep(now=t0 + 14 * MIN)
    assert told(case, "warned")[-1] == ("stranger", 0, t0 + 13 * MIN)
    assert permissions.visible_to(people.stranger).filter(pk=case.pk).exists()
    assert not permissions.visible_to(people.colleague).filter(pk=case.pk).exists()


def test_item_19_an_unassigned_case_is_announced_past_the_absent_and_up_where_none_is_there(
    people: People, crm: Any, customer: Any, t0: datetime
) -> None:
    plan_absence(people.engineer, begins_at=t0 - DAY, ends_at=t0 + DAY)
    first = open_at(t0, by=Actor.program(crm), customer=customer)
    assert told(first, "announced") == [("colleague", 0, t0)]
    leave(people.colleague, at=t0)
    second = open_at(t0 + MIN, by=Actor.program(crm), customer=customer)
    assert told(second, "announced") == [("supervisor", 0, t0 + MIN)]


# ── the roster, and people named on rungs ─────────────────────────────────────────────


def shift(people: People, user: User, begins: datetime, ends: datetime) -> DutyShift:
    return DutyShift.objects.create(team=people.team, user=user, begins_at=begins, ends_at=ends)


@pytest.mark.parametrize(
    ("begins", "ends", "on_duty"),
    [
        (0 * HOUR, 2 * HOUR, True),
        (61 * MIN, 2 * HOUR, True),
        (0 * HOUR, 61 * MIN, False),
        (62 * MIN, 2 * HOUR, False),
    ],
    ids=["covers", "begins now", "ends now", "begins later"],
)
def test_who_is_on_duty_by_the_roster_hears_the_highest_level_else_the_standing_officer(
    begins: timedelta, ends: timedelta, on_duty: bool, case: Case, people: People, t0: datetime
) -> None:
    shift(people, people.stranger, t0 + begins, t0 + ends)
    sweep(now=t0 + 61 * MIN)
    assert entry(case, 3).told == [(people.stranger if on_duty else people.duty_officer).pk]


def test_item_19_a_duty_officer_by_roster_who_is_absent_is_stood_in_for_else_the_standing_one(
    case: Case, people: People, t0: datetime
) -> None:
    shift(people, people.stranger, t0, t0 + DAY)
    leave(people.stranger, at=t0)
    assert heard(case, 3, t0 + HOUR) == [people.duty_officer]
    name_stand_in(people.stranger, people.colleague)
    assert heard(case, 3, t0 + HOUR) == [people.colleague]


def test_another_teams_roster_changes_nothing(case: Case, people: People, t0: datetime) -> None:
    DutyShift.objects.create(
        team=people.stranger.teams.get(), user=people.stranger, begins_at=t0, ends_at=t0 + DAY
    )
    assert heard(case, 3, t0 + HOUR) == [people.duty_officer]


def heard(case: Case, level: int, now: datetime) -> list[User]:
    return audience.people(audience.above(case, level, Presence(now)))


def name_on_rungs(user: User, *, level: int) -> None:
    Rung.objects.filter(
        allowance__in=Allowance.objects.filter(promise=Promise.ACKNOWLEDGEMENT), level=level
    ).update(person=user)


def test_a_person_named_on_a_rung_is_told_beside_its_level(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    name_on_rungs(people.analyst, level=2)
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 31 * MIN)
    assert entry(case, 1).told == [people.supervisor.pk]
    assert entry(case, 2).told == [people.manager.pk, people.analyst.pk]
    assert told(case, "escalated")[-2:] == [
        ("manager", 2, t0 + 30 * MIN), ("analyst", 2, t0 + 30 * MIN),
    ]  # fmt: skip


def test_a_person_named_on_a_warning_is_warned_beside_the_handler(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    name_on_rungs(people.stranger, level=0)
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 11 * MIN)
    assert [name for name, *_ in told(case, "warned")] == ["engineer", "stranger"]


def test_item_19_a_named_person_who_is_absent_is_stood_in_for_and_nobody_is_told_twice(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    name_on_rungs(people.stranger, level=1)
    name_stand_in(people.stranger, people.supervisor)
    leave(people.stranger, at=t0)
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    assert (entry(case).told, entry(case).in_place_of) == ([people.supervisor.pk], [])
    arrive(people.stranger)
    sweep(now=t0 + 31 * MIN)


# ── what a stand-in may do ────────────────────────────────────────────────────────────


def test_item_19_a_stand_in_who_was_told_sees_it_on_the_board_and_takes_it(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    leave(people.supervisor, at=t0)
    sweep(now=t0 + 16 * MIN)
    [said] = board.show(stand_in, now=t0 + 16 * MIN).untaken
    assert said.may_take
    found = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    take(found, by=Actor.person(stand_in), next_step="I call", until=t0 + HOUR, now=t0 + 17 * MIN)
    take_steps(case, [steps.WriteNote(text="x")], by=Actor.person(stand_in), now=t0 + 18 * MIN)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).taken_by == stand_in


def test_item_19_a_stand_in_whom_nobody_called_takes_nothing(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    sweep(now=t0 + 16 * MIN)
    found = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    with refused(NotPermitted):
        take(found, by=Actor.person(stand_in), next_step="x", until=t0 + HOUR, now=t0 + 17 * MIN)
    assert not board.show(people.stranger, now=t0 + 16 * MIN).untaken


def test_a_handlers_stand_in_acts_on_their_case_and_another_teams_person_does_not(
    case: Case, people: People, t0: datetime
) -> None:
    with refused(NotPermitted):
        take_steps(case, [ACKNOWLEDGE], by=Actor.person(people.stranger), now=t0 + MIN)
    name_stand_in(people.engineer, people.stranger)
    take_steps(case, [ACKNOWLEDGE], by=Actor.person(people.stranger), now=t0 + MIN)
    assert case.stage == Stage.CONFIRM


def test_a_remedy_is_put_before_the_stand_in_who_may_approve_it_within_their_limit(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    deputy = person("deputy", Role.SUPERVISOR)
    name_stand_in(people.supervisor, deputy)
    leave(people.supervisor, at=t0)
    remedy = propose(
        case, kind=RemedyKind.REFUND, description="All", cost=Decimal(5000), by=by, now=t0 + HOUR
    )
    assert told(case, "approval_asked") == [("deputy", 0, t0 + HOUR)]
    other = person("other", Role.SUPERVISOR)
    with refused(NotPermitted):
        approve(remedy, by=Actor.person(other), now=t0 + HOUR + MIN)
    assert approve(remedy, by=Actor.person(deputy), now=t0 + HOUR + MIN).decided_by == deputy


def test_the_boards_of_stand_ins_and_of_who_is_on_duty_show_the_team_and_no_others(
    people: People, stand_in: User, t0: datetime
) -> None:
    officer = person("officer")
    shift(people, officer, t0, t0 + DAY)
    for someone in (stand_in, officer):
        assert list(scope.teams_of(someone)) == [people.team]
    assert people.team not in scope.teams_of(people.stranger)


# ── what the page says ────────────────────────────────────────────────────────────────


def test_item_19_the_page_that_explains_says_who_stood_in_for_whom_and_who_will(
    case: Case, people: People, stand_in: User, t0: datetime
) -> None:
    leave(people.supervisor, at=t0)
    name_stand_in(people.manager, people.colleague)
    plan_absence(people.manager, begins_at=t0 + 29 * MIN, ends_at=t0 + DAY)
    sweep(now=t0 + 16 * MIN)
    told_ = explain(clock(case, Promise.ACKNOWLEDGEMENT), now=t0 + 16 * MIN)
    by_level = {
        (rung.kind, rung.level): [(one.person, one.in_place_of) for one in rung.listeners]
        for rung in told_.rungs
    }
    assert by_level["breach", 1] == [(stand_in, people.supervisor)]
    assert by_level["level", 2] == [(people.colleague, people.manager)]  # away by then
    assert by_level["level", 3] == [(people.duty_officer, None)]
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(people.engineer)
    address = f"/cases/{case.reference}/deadlines/{told_.deadline.pk}/explain/"
    page = browser.get(address).content.decode()
    assert "Stand In, standing in for Supervisor" in page


# ── observed: clocks run and show, nobody is alerted ──────────────────────────────────


def test_of_an_observed_case_rungs_are_recorded_and_nobody_is_alerted(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, clock_mode=ClockMode.OBSERVE)
    live = open_at(t0, by=by, customer=customer)
    for minute in (12, 16, 31, 61, 400):
        sweep(now=t0 + minute * MIN)
    assert rang(case, Promise.ACKNOWLEDGEMENT) == rang(live, Promise.ACKNOWLEDGEMENT)
    assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 + BREACH
    assert all(event.data["told"] == [] for event in case.events.filter(data__has_key="told"))
    assert not Escalation.objects.filter(case=case).exists()
    assert not Notice.objects.filter(case=case).exists()
    assert events(case, "escalation_reminded") == []
    shown = board.show(people.supervisor, now=t0 + 400 * MIN)
    assert {said.escalation.case for said in (*shown.untaken, *shown.taken)} == {live}


def test_an_observed_case_that_is_answered_late_stays_broken_and_one_in_time_is_kept(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    late, early = (
        open_at(t0, by=by, customer=customer, clock_mode=ClockMode.OBSERVE) for _ in range(2)
    )
    take_steps(early, [ACKNOWLEDGE], by=by, now=t0 + MIN)
    take_steps(late, [ACKNOWLEDGE], by=by, now=t0 + HOUR)
    assert clock(early, Promise.ACKNOWLEDGEMENT).kept_at == t0 + MIN
    row = clock(late, Promise.ACKNOWLEDGEMENT)
    assert (row.breached_at, row.answered_late_at) == (t0 + BREACH, t0 + HOUR)


def test_an_observed_case_alerts_nobody_when_it_is_opened_assigned_or_persistent(
    people: People, crm: Any, by: Actor, customer: Any, t0: datetime
) -> None:
    silent: dict[str, Any] = {"clock_mode": ClockMode.OBSERVE}
    case = open_at(t0, by=Actor.program(crm), customer=customer, **silent)
    assert case.handler is None
    boss = Actor.person(people.supervisor)
    take_steps(case, [steps.Assign(handler=people.colleague)], by=boss, now=t0 + MIN)
    again = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer, **silent)
    for number, step in enumerate((NOT_SATISFIED, TELL, DONE, NOT_SATISFIED), 1):
        take_steps(again, [step], by=by, now=t0 + 10 * MIN * number)
    again.refresh_from_db()
    assert again.persistent_at is not None
    assert not Notice.objects.exists()
    assert not Escalation.objects.exists()


# ── a batch reads who is there once ───────────────────────────────────────────────────


def test_who_is_there_is_read_once_a_batch_and_not_once_a_row(
    people: People, by: Actor, customer: Any, stand_in: User, t0: datetime,
    opened: Callable[[int], None],
) -> None:  # fmt: skip
    leave(people.supervisor, at=t0)
    leave(people.engineer, at=t0)
    name_on_rungs(people.analyst, level=1)
    shift(people, people.stranger, t0, t0 + DAY)
    counted = []
    for number in (2, 12):
        opened(number)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            sweep(now=t0 + 61 * MIN)
        counted.append(len(queries))
        Deadline.objects.update(alarm_at=None)
        Escalation.objects.update(alarm_at=None)
    assert counted[0] == counted[1]


@pytest.fixture
def opened(by: Actor, customer: Any, t0: datetime) -> Callable[[int], None]:
    def make(number: int) -> None:
        for _ in range(number):
            open_at(t0, by=by, customer=customer)

    return make
