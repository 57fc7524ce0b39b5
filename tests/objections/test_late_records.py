"""Item 5: a contact that is written down afterwards, and a supervisor who confirms it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import FieldInvalid, NotPermitted
from objections.models import Case, ContactRecord
from objections.services.records import confirm_late_record
from objections.services.stepping import take_steps
from objections.vocabulary import Channel, DeadlineState, Promise, Purpose, Stage
from tests.conftest import People
from tests.objections.record import clock, events, rang, refused, snapshot
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


def acknowledged(case: Case, by: Actor, *, at: datetime, now: datetime) -> ContactRecord:
    take_steps(case, [replace(ACKNOWLEDGE, at=at)], by=by, now=now)
    return case.contact_records.get(purpose=Purpose.ACKNOWLEDGEMENT)


def test_item_5_recorded_within_ten_minutes_it_counts_when_it_took_place(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    record = acknowledged(case, by, at=t0 + 4 * MIN, now=t0 + 14 * MIN)
    assert (record.occurred_at, record.recorded_at) == (t0 + 4 * MIN, t0 + 14 * MIN)
    assert record.counts_at == t0 + 4 * MIN
    assert clock(case, Promise.ACKNOWLEDGEMENT).kept_at == t0 + 4 * MIN


def test_item_5_recorded_an_instant_later_it_counts_when_it_was_recorded(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    now = t0 + 14 * MIN + MICROSECOND
    record = acknowledged(case, by, at=t0 + 4 * MIN, now=now)
    assert record.counts_at == now
    assert clock(case, Promise.ACKNOWLEDGEMENT).kept_at == now
    [event] = case.events.filter(kind="acknowledged")
    assert (event.occurred_at, event.recorded_at) == (t0 + 4 * MIN, now)


def test_item_5_a_proof_in_time_that_arrives_after_the_breach_withdraws_it(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 + 15 * MIN
    acknowledged(case, by, at=t0 + 14 * MIN, now=t0 + 20 * MIN)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.kept_at) == (DeadlineState.KEPT, t0 + 14 * MIN)
    assert (deadline.breached_at, deadline.answered_late_at, deadline.alarm_at) == (None,) * 3
    assert deadline.rung == 3  # the rungs stay on record
    [escalation] = deadline.escalations.all()
    assert escalation.closed_at == t0 + 15 * MIN  # not before it was opened
    assert events(case, "breach_withdrawn") == [("breach_withdrawn", t0 + 14 * MIN)]
    assert len(events(case, "deadline_breached")) == 1
    sweep(now=t0 + 23 * HOUR)
    assert len(rang(case, Promise.ACKNOWLEDGEMENT)) == 3  # no more levels


def test_item_5_a_breach_that_the_recording_itself_rang_is_withdrawn_too(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    acknowledged(case, by, at=t0 + 15 * MIN, now=t0 + 16 * MIN)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.kept_at) == (DeadlineState.KEPT, t0 + 15 * MIN)
    assert [kind for kind, _at in events(case, "deadline_breached", "breach_withdrawn")] == [
        "deadline_breached", "breach_withdrawn",
    ]  # fmt: skip


def late(case: Case, by: Actor, t0: datetime) -> ContactRecord:
    """An acknowledgement of minute 5 that was written down after an hour."""
    return acknowledged(case, by, at=t0 + 5 * MIN, now=t0 + HOUR)


def test_item_5_a_supervisor_lets_a_late_record_count_when_it_took_place(
    people: People, by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    record = late(case, by, t0)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.breached_at, deadline.answered_late_at) == (t0 + 15 * MIN, t0 + HOUR)
    confirm_late_record(record, by=boss, now=t0 + 2 * HOUR)
    deadline.refresh_from_db()
    record.refresh_from_db()
    assert (deadline.state, deadline.kept_at) == (DeadlineState.KEPT, t0 + 5 * MIN)
    assert (deadline.breached_at, deadline.answered_late_at) == (None, None)
    assert (record.counts_at, record.recorded_at) == (t0 + 5 * MIN, t0 + HOUR)
    assert (record.late_confirmed_at, record.late_confirmed_by) == (
        t0 + 2 * HOUR, people.supervisor,
    )  # fmt: skip
    [event] = case.events.filter(kind="late_record_confirmed")
    assert (event.occurred_at, event.user) == (t0 + 2 * HOUR, people.supervisor)
    assert events(case, "breach_withdrawn") == [("breach_withdrawn", t0 + 5 * MIN)]


def test_item_5_confirming_what_was_late_anyway_leaves_the_breach(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    record = acknowledged(case, by, at=t0 + 16 * MIN, now=t0 + HOUR)
    confirm_late_record(record, by=boss, now=t0 + 2 * HOUR)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.breached_at, deadline.answered_late_at) == (t0 + 15 * MIN, t0 + 16 * MIN)
    assert events(case, "breach_withdrawn") == []


def test_item_5_confirming_twice_changes_nothing(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    record = late(case, by, t0)
    confirm_late_record(record, by=boss, now=t0 + 2 * HOUR)
    before = snapshot()
    confirm_late_record(record, by=boss, now=t0 + 3 * HOUR)
    assert snapshot() == before


@pytest.mark.parametrize("who", ["engineer", "colleague", "stranger", "analyst", "auditor"])
def test_item_5_only_who_stands_above_confirms_a_late_record(
    who: str, people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    record = late(case, by, t0)
    with refused(NotPermitted):
        confirm_late_record(record, by=Actor.person(getattr(people, who)), now=t0 + 2 * HOUR)


def test_item_5_nobody_confirms_a_record_of_their_own(
    people: People, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=boss, customer=customer)
    record = late(case, boss, t0)
    with refused(NotPermitted):
        confirm_late_record(record, by=boss, now=t0 + 2 * HOUR)
    confirm_late_record(record, by=Actor.person(people.manager), now=t0 + 2 * HOUR)
    assert clock(case, Promise.ACKNOWLEDGEMENT).kept_at == t0 + 5 * MIN


def test_item_5_a_confirmed_solution_keeps_the_response(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, [replace(TELL, at=t0 + 23 * HOUR)], by=by, now=t0 + 26 * HOUR)
    response = clock(case, Promise.RESPONSE)
    assert (response.state, response.breached_at) == (DeadlineState.BREACHED, t0 + DAY)
    record = case.contact_records.get(purpose=Purpose.SOLUTION)
    confirm_late_record(record, by=boss, now=t0 + 27 * HOUR)
    response.refresh_from_db()
    assert (response.state, response.kept_at) == (DeadlineState.KEPT, t0 + 23 * HOUR)


def test_item_5_an_email_leaves_when_it_is_recorded(
    by: Actor, customer: Any, contact: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, contact=contact)
    mail = steps.Acknowledge(channel=Channel.EMAIL, summary="Thank you")
    with refused(FieldInvalid) as found:
        take_steps(case, [replace(mail, at=t0 + 5 * MIN)], by=by, now=t0 + 20 * MIN)
    assert (found.value.field, found.value.code) == ("at", "email_now")
    with refused(FieldInvalid) as found:
        take_steps(case, [replace(mail, at=t0 + DAY)], by=by, now=t0 + 20 * MIN)
    assert (found.value.field, found.value.code) == ("at", "future")
    take_steps(case, [replace(mail, at=t0 + 19 * MIN)], by=by, now=t0 + 20 * MIN)
    assert clock(case, Promise.ACKNOWLEDGEMENT).answered_late_at == t0 + 20 * MIN
