"""Items 16 and 19: what nobody has taken is reminded of by schedule, once each, until taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.services import leave, name_stand_in
from objections import escalation, reminders
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.deadlines.explaining import explain
from objections.deadlines.sweeping import lag, sweep
from objections.models import Allowance, Case, Escalation, EscalationEntry
from objections.ringing import Ringing
from objections.services.escalations import take
from objections.services.stepping import take_steps
from objections.vocabulary import ClockMode, EscalationReason, Promise, Stage
from tests.conftest import T0, People
from tests.objections.record import clock, escalation_of, events, rang, told
from tests.objections.test_races import at_once
from tests.stories import (
    ACKNOWLEDGE,
    CARRY_OUT,
    DAY,
    HOUR,
    MIN,
    NOT_SATISFIED,
    TELL,
    open_at,
    walk_to,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ACKNOWLEDGEMENT = Promise.ACKNOWLEDGEMENT


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    return open_at(t0, by=by, customer=customer)


def reminded(case: Case, promise: Promise = ACKNOWLEDGEMENT) -> list[datetime]:
    rows = case.events.filter(kind="escalation_reminded", data__promise=promise)
    return list(rows.order_by("occurred_at").values_list("occurred_at", flat=True))


def every_minute(case: Case, until: int, *, since: int = 0) -> None:
    for minute in range(since, until):
        sweep(now=T0 + minute * MIN + SECOND)


def test_the_shipped_promises_remind_as_they_are_said_to() -> None:
    shipped = Allowance.objects.filter(policy__name="Standard", policy__version=1)
    found = {(row.promise, row.remind_every, row.remind_at_most) for row in shipped}
    assert found == {
        ("acknowledgement", 30 * MIN, 8), ("response", 4 * HOUR, 6), ("follow_up", None, 0),
        ("progress_update", None, 0), ("commitment", None, 0), ("hand_over", None, 0),
        ("customer_message", None, 0),
    }  # fmt: skip


def test_item_19_the_level_reached_is_reminded_by_schedule_until_the_most_is_reached(
    case: Case, people: People, t0: datetime
) -> None:
    every_minute(case, 8 * 60)
    # Levels at 15, 30 and 60: each climb begins anew, and the third is the highest.
    moments = [t0 + minute * MIN for minute in range(90, 60 + 30 * 8 + 1, 30)]
    assert reminded(case) == moments
    assert told(case, "reminded") == [("duty_officer", 3, at) for at in moments]
    row = escalation_of(case, ACKNOWLEDGEMENT)
    assert (row.reminders, row.alarm_at) == (8, None)


def test_item_19_a_reminder_is_no_new_level_and_says_the_true_moment_and_its_number(
    case: Case, people: People, t0: datetime
) -> None:
    sweep(now=t0 + 61 * MIN)
    entries = EscalationEntry.objects.count()
    sweep(now=t0 + 92 * MIN)
    [event] = case.events.filter(kind="escalation_reminded")
    assert (event.occurred_at, event.recorded_at) == (t0 + 90 * MIN, t0 + 92 * MIN)
    assert (event.data["level"], event.data["number"]) == (3, 1)
    assert event.data["told"] == [people.duty_officer.pk]
    assert EscalationEntry.objects.count() == entries


def test_item_16_a_reminder_at_its_own_moment_is_still_to_come_and_rings_once(
    case: Case, t0: datetime
) -> None:
    sweep(now=t0 + 61 * MIN)
    at = t0 + 90 * MIN
    sweep(now=at)
    assert reminded(case) == []
    for _ in range(3):
        sweep(now=at + timedelta(microseconds=1))
    assert reminded(case) == [at]
    assert len(told(case, "reminded")) == 1


def test_item_19_between_two_levels_a_shorter_schedule_reminds_the_lower_one(
    by: Actor, customer: Any, t0: datetime
) -> None:
    shorter(5 * MIN, 2)
    case = open_at(t0, by=by, customer=customer)
    every_minute(case, 32)
    assert reminded(case) == [t0 + 20 * MIN, t0 + 25 * MIN]
    assert {name for name, *_ in told(case, "reminded")} == {"supervisor"}


def shorter(every: timedelta, most: int) -> None:
    Allowance.objects.filter(promise=ACKNOWLEDGEMENT).update(
        remind_every=every, remind_at_most=most
    )


def test_a_promise_without_a_schedule_reminds_nobody(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.update(remind_every=None, remind_at_most=0)
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 3 * HOUR)
    assert sweep(now=t0 + 20 * HOUR) >= 0
    assert events(case, "escalation_reminded") == []


def test_item_16_the_record_is_the_same_whether_anybody_swept_in_between_or_not(
    by: Actor, customer: Any, t0: datetime
) -> None:
    shorter(5 * MIN, 4)
    often, once = (open_at(t0, by=by, customer=customer) for _ in range(2))
    now = t0 + 3 * HOUR
    other = once.deadlines.all()
    alarms = list(other.values_list("pk", "alarm_at"))
    other.update(alarm_at=None)  # nobody looks at the second while the first is swept
    every_minute(often, 179)
    for pk, alarm in alarms:
        once.deadlines.filter(pk=pk).update(alarm_at=alarm)
    sweep(now=now)
    assert reminded(once) == reminded(often)
    assert rang(once, ACKNOWLEDGEMENT) == rang(often, ACKNOWLEDGEMENT)
    assert len(reminded(once)) == 2 + 4 + 4


def test_item_16_after_an_outage_overtaken_reminders_are_recorded_and_one_is_told(
    case: Case, t0: datetime
) -> None:
    sweep(now=t0 + 61 * MIN)
    now = t0 + 3 * HOUR + MIN
    sweep(now=now)
    assert reminded(case) == [t0 + minute * MIN for minute in (90, 120, 150, 180)]
    assert told(case, "reminded") == [("duty_officer", 3, t0 + 3 * HOUR)]
    silent = case.events.filter(kind="escalation_reminded").order_by("occurred_at")[:3]
    assert [event.data["told"] for event in silent] == [[], [], []]
    row = escalation_of(case, ACKNOWLEDGEMENT)
    assert (row.reminders, row.alarm_at) == (4, t0 + 210 * MIN)


def test_item_19_taking_it_ends_the_reminders_and_its_lapse_begins_them_one_level_higher(
    case: Case, boss: Actor, t0: datetime
) -> None:
    sweep(now=t0 + 16 * MIN)
    until = t0 + 2 * HOUR
    take(
        escalation_of(case, ACKNOWLEDGEMENT), by=boss, next_step="I call", until=until,
        now=t0 + 17 * MIN,
    )  # fmt: skip
    assert escalation_of(case, ACKNOWLEDGEMENT).alarm_at == until
    every_minute(case, 120, since=18)
    assert reminded(case) == []
    sweep(now=until + SECOND)
    row = escalation_of(case, ACKNOWLEDGEMENT)
    assert (row.level, row.reminders, row.alarm_at) == (2, 0, until + 30 * MIN)


def test_item_19_what_has_closed_reminds_nobody(case: Case, by: Actor, t0: datetime) -> None:
    sweep(now=t0 + 61 * MIN)
    take_steps(case, [ACKNOWLEDGE], by=by, now=t0 + 70 * MIN)
    sweep(now=t0 + 10 * HOUR)
    assert reminded(case) == []
    assert not Escalation.objects.filter(case=case).exclude(alarm_at=None).exists()


def test_item_19_absence_is_asked_anew_at_each_reminder(
    case: Case, people: People, t0: datetime
) -> None:
    sweep(now=t0 + 91 * MIN)
    name_stand_in(people.duty_officer, people.stranger)
    leave(people.duty_officer, at=t0 + 92 * MIN)
    sweep(now=t0 + 121 * MIN)
    assert [name for name, *_ in told(case, "reminded")] == ["duty_officer", "stranger"]
    last = case.events.filter(kind="escalation_reminded").order_by("occurred_at").last()
    assert last is not None
    assert last.data["in_place_of"] == [people.duty_officer.pk]
    by = Actor.person(people.stranger)
    found = escalation_of(case, ACKNOWLEDGEMENT)
    assert take(found, by=by, next_step="I call", until=t0 + DAY, now=t0 + 122 * MIN).taken_by


def test_item_19_with_nobody_there_the_reminder_is_recorded_and_tells_nobody(
    case: Case, people: People, t0: datetime
) -> None:
    sweep(now=t0 + 61 * MIN)
    for someone in (people.supervisor, people.manager, people.duty_officer):
        leave(someone, at=t0 + 62 * MIN)
    sweep(now=t0 + 91 * MIN)
    assert (reminded(case), told(case, "reminded")) == ([t0 + 90 * MIN], [])


def test_item_16_history_and_what_is_only_observed_remind_nobody(
    by: Actor, customer: Any, t0: datetime
) -> None:
    for mode in (ClockMode.HISTORICAL, ClockMode.OBSERVE):
        case = open_at(t0, by=by, customer=customer, clock_mode=mode)
        every_minute(case, 100, since=80)
        assert events(case, "escalation_reminded") == []


def test_item_17_a_write_rings_the_reminders_that_are_due_first(
    case: Case, boss: Actor, t0: datetime
) -> None:
    sweep(now=t0 + 61 * MIN)
    take(
        escalation_of(case, ACKNOWLEDGEMENT), by=boss, next_step="x", until=t0 + DAY,
        now=t0 + 95 * MIN,
    )  # fmt: skip
    assert reminded(case) == [t0 + 90 * MIN]


def test_a_reason_without_a_clock_reminds_as_the_response_does(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.FOLLOW_UP, t0, by=by, customer=customer)
    for number, step in enumerate((NOT_SATISFIED, TELL, CARRY_OUT, NOT_SATISFIED), 1):
        take_steps(case, [step], by=by, now=t0 + 10 * MIN * number)
    raised = t0 + 40 * MIN
    sweep(now=raised + 4 * HOUR + MIN)
    row = case.escalations.get(reason=EscalationReason.PERSISTENT)
    assert (row.reminders, row.alarm_at) == (1, raised + 8 * HOUR)
    [event] = case.events.filter(kind="escalation_reminded")
    assert (event.occurred_at, event.data["reason"]) == (raised + 4 * HOUR, "persistent")
    assert told(case, "reminded") == [("supervisor", 1, raised + 4 * HOUR)]


def test_a_reminder_waits_for_a_rung_of_its_clock_that_is_due_as_well(
    case: Case, t0: datetime
) -> None:
    sweep(now=t0 + 16 * MIN)
    row = escalation_of(case, ACKNOWLEDGEMENT)
    assert row.alarm_at == t0 + 45 * MIN
    now = t0 + 50 * MIN
    # Level 2 fell due at 30, and comes first.
    assert sweeping._ring_escalations(now, since=t0)[0] == 0
    sweep(now=now)
    assert reminded(case) == []
    assert escalation_of(case, ACKNOWLEDGEMENT).alarm_at == t0 + 60 * MIN


def test_item_20_a_reminder_that_raises_is_set_apart_and_rings_at_its_own_moment_later(
    by: Actor, customer: Any, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [open_at(t0, by=by, customer=customer) for _ in range(3)]
    sweep(now=t0 + 61 * MIN)
    bad, real = escalation_of(cases[1], ACKNOWLEDGEMENT), reminders.ring

    def ring(found: Escalation, ringing: Ringing) -> None:
        real(found, ringing)
        if found == bad:
            raise ValueError("this row is broken")

    monkeypatch.setattr(reminders, "ring", ring)
    now = t0 + 91 * MIN
    sweep(now=now)
    assert [len(reminded(case)) for case in cases] == [1, 0, 1]
    bad.refresh_from_db()
    assert (bad.failures, bad.quarantined_at, bad.reminders) == (1, now, 0)
    assert lag(now=now) == timedelta(0)
    monkeypatch.setattr(reminders, "ring", real)
    sweep(now=now + MIN)
    bad.refresh_from_db()
    assert reminded(cases[1]) == [t0 + 90 * MIN]
    assert (bad.failures, bad.quarantined_at, bad.alarm_at) == (0, None, t0 + 120 * MIN)


@pytest.mark.django_db(transaction=True)
def test_item_16_six_sweepers_remind_once_each(by: Actor, customer: Any) -> None:
    cases = [open_at(T0, by=by, customer=customer) for _ in range(60)]
    sweep(now=T0 + 61 * MIN)
    now = T0 + 121 * MIN

    def go(_number: int) -> None:
        sweep(now=now)

    assert at_once(6, go) == []
    while Escalation.objects.filter(alarm_at__lt=now).exists():
        sweep(now=now)
    moments = [T0 + 90 * MIN, T0 + 120 * MIN]
    assert all(reminded(case) == moments for case in cases)
    assert all(len(told(case, "reminded")) == 1 for case in cases)


@pytest.mark.django_db(transaction=True)
def test_item_16_a_take_and_a_reminder_at_once_leave_one_of_them_in_front(
    by: Actor, boss: Actor, customer: Any
) -> None:
    cases = [open_at(T0, by=by, customer=customer) for _ in range(20)]
    sweep(now=T0 + 61 * MIN)
    now = T0 + 91 * MIN

    def go(number: int) -> None:
        if number:
            sweep(now=now)
        else:
            for case in cases:
                take(
                    escalation_of(case, ACKNOWLEDGEMENT), by=boss, next_step="x",
                    until=now + DAY, now=now,
                )  # fmt: skip

    assert at_once(3, go) == []
    sweep(now=now)
    assert all(reminded(case) == [T0 + 90 * MIN] for case in cases)
    assert not Escalation.objects.exclude(alarm_at=now + DAY).exists()


def test_the_page_that_explains_shows_the_reminders_that_rang_and_the_next(
    case: Case, people: People, t0: datetime
) -> None:
    sweep(now=t0 + 91 * MIN)
    said = explain(clock(case, ACKNOWLEDGEMENT), now=t0 + 91 * MIN).rungs
    found = [(rung.at, rung.rang) for rung in said if rung.kind == "reminder"]
    assert found == [(t0 + 90 * MIN, True), (t0 + 120 * MIN, False)]
    assert [one.person for one in said[-1].listeners] == [people.duty_officer]


def test_a_climb_by_a_change_without_alerts_reminds_nobody(case: Case, t0: datetime) -> None:
    row = clock(case, ACKNOWLEDGEMENT)
    row.rung = 2
    escalation.break_by_change(row, now=t0 + 16 * MIN, with_alerts=False)
    row.save()
    assert escalation_of(case, ACKNOWLEDGEMENT).alarm_at is None
    sweep(now=t0 + 5 * HOUR)
    assert (reminded(case), told(case, "escalated")) == ([], [])
