"""Items 16, 17 and 18: rungs ring once, at their true moments, whoever looks first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.services import leave
from objections import steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.deadlines.pace import Pace
from objections.deadlines.sweeping import drain, lag, next_alarm, sweep
from objections.errors import StepRefused
from objections.models import (
    Case,
    CustomerMail,
    Deadline,
    Escalation,
    EscalationEntry,
    Notice,
)
from objections.services.cases import open_case
from objections.services.escalations import take
from objections.services.stepping import take_steps
from objections.vocabulary import Channel, ClockMode, DeadlineState, Promise, Stage
from tests.conftest import People
from tests.objections.record import clock, events, rang, refused, told
from tests.stories import (
    ACKNOWLEDGE,
    CARRY_OUT,
    DAY,
    HOUR,
    MIN,
    open_at,
    opening,
    walk_to,
)
from timekeeping import clock as wall
from timekeeping.models import Heartbeat

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


def test_item_16_each_rung_rings_once_and_at_its_own_moment(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    moments = [10, 13, 15, 30, 60]
    for minute in moments:
        at = t0 + minute * MIN
        assert sweep(now=at) == 0  # the moment itself is still in time
        assert sweep(now=at + MICROSECOND) == 1
        assert sweep(now=at + MICROSECOND) == 0
    assert [at for _kind, at in rang(case, Promise.ACKNOWLEDGEMENT)] == [
        t0 + minute * MIN for minute in moments
    ]
    assert clock(case, Promise.ACKNOWLEDGEMENT).alarm_at is None


def test_item_16_each_rung_tells_whom_the_ladder_names(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    for minute in range(70):
        sweep(now=t0 + minute * MIN)
    assert told(case, "warned") == [
        ("engineer", 0, t0 + 10 * MIN), ("engineer", 0, t0 + 13 * MIN),
    ]  # fmt: skip
    assert told(case, "escalated") == [
        ("supervisor", 1, t0 + 15 * MIN),
        ("engineer", 1, t0 + 15 * MIN),
        ("manager", 2, t0 + 30 * MIN),
        ("duty_officer", 3, t0 + 60 * MIN),
    ]


@pytest.mark.parametrize(
    ("gone", "level_1", "level_2", "level_3"),
    [
        (["supervisor"], "manager", "manager", "duty_officer"),
        (["duty_officer"], "supervisor", "manager", "manager"),
        (["supervisor", "manager"], "duty_officer", "duty_officer", "duty_officer"),
        (["manager", "duty_officer"], "supervisor", "supervisor", "supervisor"),
    ],
)
def test_a_place_that_nobody_holds_goes_up_and_from_the_top_back_down(
    gone: list[str], level_1: str, level_2: str, level_3: str, people: People, by: Actor,
    customer: Any, t0: datetime,
) -> None:  # fmt: skip
    for place in gone:
        setattr(people.team, place, None)
    people.team.save()
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 61 * MIN)
    names = [name for name, _level, _at in told(case, "escalated") if name != "engineer"]
    assert names == [level_1, level_2, level_3]


def test_with_nobody_above_the_rung_still_rings_and_the_entry_says_nobody(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    people.team.supervisor = people.team.manager = people.team.duty_officer = None
    people.team.save()
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 61 * MIN)
    entries = EscalationEntry.objects.filter(escalation__case=case)
    assert list(entries.values_list("level", "told")) == [(1, []), (2, []), (3, [])]


def test_an_unassigned_case_is_announced_and_warns_those_who_are_present(
    people: People, crm: Any, customer: Any, t0: datetime
) -> None:
    leave(people.colleague, at=t0 - DAY)
    case = open_at(t0, by=Actor.program(crm), customer=customer)
    assert case.handler is None
    assert told(case, "announced") == [("engineer", 0, t0)]
    sweep(now=t0 + 10 * MIN + MICROSECOND)
    assert told(case, "warned") == [("engineer", 0, t0 + 10 * MIN)]
    take_steps(case, [ACKNOWLEDGE], by=Actor.person(people.colleague), now=t0 + 11 * MIN)
    assert case.handler == people.colleague
    assert told(case, "assigned") == []


def test_an_inactive_handler_is_not_told_and_the_team_is(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    people.engineer.is_active = False
    people.engineer.save()
    sweep(now=t0 + 10 * MIN + MICROSECOND)
    assert told(case, "warned") == [("colleague", 0, t0 + 10 * MIN)]


def test_item_16_after_an_outage_overtaken_warnings_are_recorded_and_nobody_is_told(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    now = t0 + 12 * MIN
    sweep(now=now)  # only the first warning is due: it is late, and still true
    assert told(case, "warned") == [("engineer", 0, t0 + 10 * MIN)]
    later = open_at(t0, by=by, customer=customer)
    now = t0 + 5 * HOUR
    assert sweep(now=now) == 4 + 5
    assert rang(later, Promise.ACKNOWLEDGEMENT) == [
        ("deadline_warned", t0 + 10 * MIN),
        ("deadline_warned", t0 + 13 * MIN),
        ("deadline_breached", t0 + 15 * MIN),
        ("escalation_climbed", t0 + 30 * MIN),
        ("escalation_climbed", t0 + 60 * MIN),
    ]
    assert told(later, "warned") == []
    breach = later.events.get(kind="deadline_breached")
    assert (breach.occurred_at, breach.recorded_at) == (t0 + 15 * MIN, now)


def test_item_16_what_was_noticed_late_waits_to_leave_as_one_summary(
    by: Actor, customer: Any, t0: datetime
) -> None:
    for _number in range(3):
        open_at(t0, by=by, customer=customer)
    now = t0 + 5 * HOUR
    sweep(now=now)
    mails = Notice.objects.filter(channel="email", kind="escalated")
    assert mails.count() == 3 * 4
    assert set(mails.values_list("send_at", flat=True)) == {now + 2 * MIN}
    assert {row.occurred_at for row in mails} == {t0 + minute * MIN for minute in (15, 30, 60)}


def test_item_16_what_was_noticed_at_once_leaves_at_once(
    by: Actor, customer: Any, t0: datetime
) -> None:
    open_at(t0, by=by, customer=customer)
    now = t0 + 16 * MIN
    sweep(now=now)
    mails = Notice.objects.filter(channel="email", kind="escalated")
    assert set(mails.values_list("send_at", flat=True)) == {now}


def test_item_16_who_has_no_address_is_told_in_the_product_alone(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    people.supervisor.email = ""
    people.supervisor.save()
    open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    mine = Notice.objects.filter(user=people.supervisor)
    assert list(mine.values_list("channel", flat=True)) == ["in_app"]


def test_item_16_a_rung_has_one_entry(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer)
    for minute in range(0, 120, 3):
        sweep(now=t0 + minute * MIN)
        sweep(now=t0 + minute * MIN)
    entries = EscalationEntry.objects.filter(escalation__case=case).order_by("rung")
    assert list(entries.values_list("rung", "level")) == [(2, 1), (3, 2), (4, 3)]
    assert Escalation.objects.filter(case=case).count() == 1


def test_item_17_an_answer_in_minute_16_is_a_breach_though_no_sweep_ever_ran(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 16 * MIN)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.breached_at, deadline.answered_late_at) == (t0 + 15 * MIN, t0 + 16 * MIN)
    assert rang(case, Promise.ACKNOWLEDGEMENT) == [
        ("deadline_warned", t0 + 10 * MIN),
        ("deadline_warned", t0 + 13 * MIN),
        ("deadline_breached", t0 + 15 * MIN),
    ]
    [escalation] = deadline.escalations.all()
    assert (escalation.opened_at, escalation.closed_at) == (t0 + 15 * MIN, t0 + 16 * MIN)
    assert sweep(now=t0 + 16 * MIN) == 0


def test_item_17_every_write_rings_first_even_a_note(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [steps.WriteNote(text="x")], by=by, now=t0 + 31 * MIN)
    assert len(rang(case, Promise.ACKNOWLEDGEMENT)) == 4


def test_item_17_a_refused_step_takes_its_ringing_back_and_the_sweep_rings_it(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    with refused(StepRefused):
        take_steps(case, [CARRY_OUT], by=by, now=t0 + 31 * MIN)
    assert rang(case, Promise.ACKNOWLEDGEMENT) == []
    assert sweep(now=t0 + 31 * MIN) == 4


def test_item_17_a_case_written_down_late_is_rung_before_its_first_steps(
    by: Actor, customer: Any, t0: datetime
) -> None:
    spoke = opening(customer, received_at=t0 - HOUR)
    case = open_case(spoke, by=by, now=t0, steps=[ACKNOWLEDGE])
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.breached_at, deadline.answered_late_at) == (t0 - 45 * MIN, t0)


def test_item_18_overdue_follows_the_due_moment_and_not_the_sweep(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    due = t0 + 15 * MIN
    assert not Deadline.objects.overdue(due).exists()
    [deadline] = Deadline.objects.overdue(due + MICROSECOND)
    assert (deadline.case, deadline.promise) == (case, "acknowledgement")
    assert deadline.state is DeadlineState.RUNNING  # nobody has swept yet
    sweep(now=due + MIN)
    assert Deadline.objects.overdue(due + MIN).count() == 1
    take_steps(case, [ACKNOWLEDGE], by=by, now=due + MIN)
    assert not Deadline.objects.overdue(due + MIN).exists()


def test_what_has_ended_never_alerts_again(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, [steps.Withdraw(reason="A mistake")], by=by, now=t0 + HOUR)
    assert not case.deadlines.exclude(alarm_at=None).exists()
    assert sweep(now=t0 + 90 * DAY) == 0
    assert next_alarm(case) is None


def test_withdrawing_closes_the_escalations_that_stand(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    take_steps(case, [steps.Withdraw(reason="A mistake")], by=by, now=t0 + 20 * MIN)
    assert not case.escalations.filter(closed_at=None).exists()
    assert events(case, "escalation_closed") == [("escalation_closed", t0 + 20 * MIN)]


def test_history_fires_nothing_and_is_never_overdue(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(
        Stage.RESPOND, t0, by=by, customer=customer, clock_mode=ClockMode.HISTORICAL, gap=DAY
    )
    assert sweep(now=t0 + 90 * DAY) == 0
    assert not Deadline.objects.overdue(t0 + 90 * DAY).exists()
    assert not Notice.objects.exists()
    assert not Escalation.objects.exists()
    late = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (late.kept_at, late.breached_at, late.is_historical) == (t0 + DAY, None, True)


def test_history_sends_no_mail_and_keeps_the_moment_of_its_letters(
    by: Actor, customer: Any, contact: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, contact=contact, clock_mode=ClockMode.HISTORICAL)
    letter = steps.Acknowledge(channel=Channel.EMAIL, summary="Thank you", at=t0 + HOUR)
    [event] = take_steps(case, [letter], by=by, now=t0 + 90 * DAY)
    assert event.occurred_at == t0 + HOUR
    assert not CustomerMail.objects.exists()


def test_ringing_leaves_the_version_and_touches_the_case_for_mirrors(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    case.refresh_from_db()
    assert (case.version, case.updated_at) == (1, t0 + 16 * MIN)
    take_steps(case, [steps.WriteNote(text="x")], by=by, now=t0 + 15 * MIN)
    assert (case.version, case.updated_at) == (2, t0 + 16 * MIN)  # never back


def test_the_lag_is_the_age_of_the_oldest_alarm_that_waits(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    assert lag(now=t0 + 10 * MIN) == timedelta(0)
    assert lag(now=t0 + 12 * MIN) == 2 * MIN
    sweep(now=t0 + 16 * MIN)
    assert lag(now=t0 + 16 * MIN) == timedelta(0)
    escalation = Escalation.objects.get(case=case)
    take(escalation, by=boss, next_step="x", until=t0 + HOUR, now=t0 + 17 * MIN)
    assert lag(now=t0 + HOUR + MIN) == MIN  # a lapse that waits is a wait as well


def test_draining_asks_the_clock_for_each_batch_and_beats_the_heartbeat(
    by: Actor, customer: Any, t0: datetime
) -> None:
    open_at(t0, by=by, customer=customer)
    asked = [t0 + 16 * MIN, t0 + 16 * MIN, t0 + 31 * MIN, t0 + 31 * MIN, t0 + 31 * MIN]
    moments = iter([*asked, *asked[-1:] * 10])
    assert drain(lambda: next(moments)) == 4  # the second batch found a rung that came meanwhile
    assert Heartbeat.objects.get(name__startswith="sweep ").lag == timedelta(0)
    assert wall.since_beat("sweep") is not None


def test_a_drain_that_takes_too_long_stops_and_the_next_goes_on(
    by: Actor, customer: Any, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 1)
    for _number in range(3):
        open_at(t0, by=by, customer=customer)
    now = t0 + 12 * MIN
    assert drain(lambda: now, limit=timedelta(0)) == 1
    assert drain(lambda: now) == 2
    assert Case.objects.count() == 3


def test_what_fell_due_just_now_goes_before_the_backlog(
    by: Actor, customer: Any, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 2)
    for _number in range(6):
        open_at(t0, by=by, customer=customer)
    fresh = open_at(t0 + HOUR, by=by, customer=customer)
    now = t0 + HOUR + 10 * MIN + timedelta(seconds=1)
    sweeping._pass(now, Pace())
    assert len(rang(fresh, Promise.ACKNOWLEDGEMENT)) == 1
    assert Deadline.objects.filter(alarm_at__lt=now).count() == 4
    sweep(now=now)
    assert not Deadline.objects.filter(alarm_at__lt=now).exists()
