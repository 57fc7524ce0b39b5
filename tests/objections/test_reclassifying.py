"""Another kind, urgency or tier: running clocks follow, what is settled stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from customers.models import Customer, Tier
from objections import steps
from objections.actors import Actor
from objections.deadlines import applying, replaying
from objections.deadlines.sweeping import sweep
from objections.errors import DemandUnmet, FieldInvalid, NotPermitted, StepRefused
from objections.models import Case
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import ClockMode, Kind, PauseReason, Promise, Stage, Urgency
from tests.conftest import T0, People
from tests.objections.record import clock, escalation_of, events, missing, refused, states
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db


def changed(**given: Any) -> steps.Reclassify:
    return steps.Reclassify(reason="Line 2 stands still", **given)


@pytest.fixture(autouse=True)
def the_timeline_rebuilds_every_clock(people: People) -> Iterator[None]:
    """After each test the rows are what the timeline alone says."""
    yield
    verified = replaying.verify(Case.objects.all())
    assert [one for found in verified for one in found.differences] == []


def test_item_11_a_running_clock_is_due_its_original_start_and_the_new_allowance(
    by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer, kind=Kind.INQUIRY)
    assert clock(case, Promise.ACKNOWLEDGEMENT).due_at == T0 + 2 * HOUR
    take_step(case, changed(urgency=Urgency.URGENT), by=by, now=T0 + 10 * MIN)
    row = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (row.started_at, row.due_at) == (T0, T0 + 30 * MIN)
    [event] = case.events.filter(kind="deadline_recomputed", data__promise="acknowledgement")
    assert event.data["cause"] == "reclassified"
    assert sweep(now=T0 + 31 * MIN) > 0
    assert ("deadline_breached", T0 + 30 * MIN) in events(case)


def test_item_11_the_pauses_already_taken_are_added(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail, 10:02")
    take_step(case, pause, by=by, now=T0 + HOUR)
    take_step(case, steps.Resume(), by=by, now=T0 + 4 * HOUR)
    take_step(case, changed(kind=Kind.INQUIRY), by=by, now=T0 + 5 * HOUR)
    assert clock(case, Promise.RESPONSE).due_at == T0 + DAY + 3 * HOUR


def test_item_11_kept_stays_kept_and_broken_stays_broken(by: Actor, customer: Customer) -> None:
    kept = open_at(T0, by=by, customer=customer)
    take_step(kept, ACKNOWLEDGE, by=by, now=T0 + 14 * MIN)
    take_step(kept, changed(kind=Kind.INQUIRY, urgency=Urgency.CRISIS), by=by, now=T0 + HOUR)
    assert clock(kept, Promise.ACKNOWLEDGEMENT).kept_at == T0 + 14 * MIN
    broken = open_at(T0, by=by, customer=customer)
    take_step(broken, changed(kind=Kind.INQUIRY), by=by, now=T0 + 16 * MIN)
    row = clock(broken, Promise.ACKNOWLEDGEMENT)
    assert (row.breached_at, row.due_at) == (T0 + 15 * MIN, T0 + 15 * MIN)


def test_item_11_a_clock_that_the_change_makes_overdue_is_one_entry_and_one_rung(
    by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer, kind=Kind.INQUIRY)
    now = T0 + 40 * MIN
    take_step(case, changed(urgency=Urgency.CRISIS), by=by, now=now)
    row = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (row.due_at, row.breached_at) == (T0 + 15 * MIN, now)
    [event] = case.events.filter(kind="deadline_breached")
    assert (event.occurred_at, event.data["by_change"]) == (now, True)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).entries.count() == 1
    assert not events(case, "deadline_warned")
    assert sweep(now=now) == 0


def test_item_11_what_the_new_kind_does_not_owe_ends_void(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    take_step(case, changed(kind=Kind.THANKS), by=by, now=T0 + HOUR)
    assert states(case) == {
        "acknowledgement 1": "kept", "response 1": "void", "progress_update 1": "void",
    }  # fmt: skip
    sweep(now=T0 + 9 * DAY)
    assert not events(case, "deadline_breached")
    take_step(case, steps.CloseThanked(), by=by, now=T0 + 2 * HOUR)
    assert case.stage == Stage.CLOSED


def test_item_11_what_the_new_kind_owes_runs_from_when_the_customer_spoke(
    by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer, kind=Kind.THANKS)
    assert states(case) == {"acknowledgement 1": "running"}
    take_step(case, ACKNOWLEDGE, by=by, now=T0 + 5 * MIN)
    take_step(case, changed(kind=Kind.COMPLAINT), by=by, now=T0 + 20 * HOUR)
    response = clock(case, Promise.RESPONSE)
    assert (response.started_at, response.due_at) == (T0, T0 + DAY)
    progress = clock(case, Promise.PROGRESS_UPDATE)
    assert progress.started_at == T0 + 5 * MIN
    assert sweep(now=T0 + 20 * HOUR) == 0
    sweep(now=T0 + 23 * HOUR)
    warned = case.events.filter(kind="deadline_warned", data__promise="response")
    assert [event.occurred_at for event in warned] == [T0 + 22 * HOUR]


def test_item_11_what_is_newly_owed_and_already_late_is_broken_by_the_change_once(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer, kind=Kind.THANKS)
    now = T0 + 3 * DAY
    take_step(case, changed(kind=Kind.COMPLAINT), by=by, now=now)
    row = clock(case, Promise.RESPONSE)
    assert (row.due_at, row.breached_at) == (T0 + DAY, now)
    [event] = case.events.filter(kind="deadline_breached", data__promise="response")
    assert event.data["by_change"] is True
    assert not events(case, "deadline_warned")
    assert sweep(now=now) == 0


def test_item_11_a_promise_broken_before_is_not_broken_anew_by_a_detour_over_thanks(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    sweep(now=T0 + 25 * HOUR)
    take_step(case, changed(kind=Kind.THANKS), by=by, now=T0 + 26 * HOUR)
    assert not case.escalations.filter(closed_at=None, deadline__promise="response").exists()
    take_step(case, changed(kind=Kind.COMPLAINT), by=by, now=T0 + 27 * HOUR)
    [row] = case.deadlines.filter(promise="response")
    assert (row.breached_at, row.is_running) == (T0 + DAY, True)
    assert escalation_of(case, Promise.RESPONSE).level == 1
    assert case.events.filter(kind="deadline_breached", data__promise="response").count() == 1


def test_a_solution_told_to_a_mere_thanks_needs_no_second_response(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer, kind=Kind.THANKS)
    take_step(case, TELL, by=by, now=T0 + HOUR)
    take_step(case, changed(kind=Kind.COMPLAINT), by=by, now=T0 + 2 * HOUR)
    assert not case.deadlines.filter(promise="response").exists()


def test_thanks_that_turn_out_to_be_a_complaint_in_follow_up_owe_the_follow_up(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer, kind=Kind.THANKS)
    take_step(case, changed(kind=Kind.COMPLAINT), by=by, now=T0 + HOUR)
    [row] = case.deadlines.running()
    assert (row.promise, row.started_at) == ("follow_up", case.stage_entered_at)


def test_a_promise_with_a_time_of_its_own_stays_where_it_was_agreed(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_step(case, steps.Commit(what="A seal", due_at=T0 + 9 * HOUR), by=by, now=T0 + HOUR)
    change = changed(kind=Kind.THANKS, urgency=Urgency.CRISIS)
    take_step(case, change, by=by, now=T0 + 2 * HOUR)
    row = clock(case, Promise.COMMITMENT)
    assert (row.due_at, row.is_running) == (T0 + 9 * HOUR, True)


def test_the_timeline_says_what_it_was_and_what_it_is(by: Actor, customer: Customer) -> None:
    case = open_at(T0, by=by, customer=customer)
    change = changed(kind=Kind.OBJECTION, urgency=Urgency.CRISIS)
    take_step(case, change, by=by, now=T0 + MIN)
    [event] = case.events.filter(kind="reclassified")
    assert (event.data["case_kind_was"], event.data["case_kind"]) == ("complaint", "objection")
    assert (event.data["urgency_was"], event.data["urgency"]) == ("normal", "crisis")
    assert event.data["words"] == "Line 2 stands still"
    assert (case.kind, case.urgency, case.version) == ("objection", "crisis", 2)


@pytest.mark.parametrize(
    "given", [{}, {"kind": Kind.COMPLAINT}, {"kind": Kind.COMPLAINT, "urgency": Urgency.NORMAL}]
)
def test_what_changes_nothing_is_refused(
    given: dict[str, Any], by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_step(case, changed(**given), by=by, now=T0 + MIN)
    assert missing(found) == [("something", "kind")]


def test_a_change_says_why_and_takes_effect_when_it_is_recorded(
    by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    silent = steps.Reclassify(urgency=Urgency.CRISIS, reason=" ")
    with refused(FieldInvalid) as found:
        take_step(case, silent, by=by, now=T0 + MIN)
    assert found.value.field == "reason"
    early = steps.Reclassify(urgency=Urgency.CRISIS, reason="x", at=T0)
    with refused(FieldInvalid) as found:
        take_step(case, early, by=by, now=T0 + 5 * MIN)
    assert (found.value.field, found.value.code) == ("at", "at_once")


def test_who_may_not_work_on_a_case_does_not_change_what_it_is(
    people: People, by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    step = changed(urgency=Urgency.CRISIS)
    for who in ("stranger", "analyst", "auditor"):
        with refused(NotPermitted):
            take_step(case, step, by=Actor.person(getattr(people, who)), now=T0 + MIN)


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.WITHDRAWN])
def test_a_case_that_has_ended_stays_what_it_was(
    stage: Stage, by: Actor, customer: Customer
) -> None:
    case = walk_to(stage, T0, by=by, customer=customer)
    with refused(StepRefused):
        take_step(case, changed(urgency=Urgency.CRISIS), by=by, now=T0 + HOUR)


def test_a_historical_case_changes_its_kind_without_a_sound(by: Actor, customer: Customer) -> None:
    case = open_at(T0, by=by, customer=customer, kind=Kind.INQUIRY, clock_mode=ClockMode.HISTORICAL)
    take_steps(case, [changed(urgency=Urgency.CRISIS)], by=by, now=T0 + 9 * DAY)
    row = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (row.due_at, row.breached_at, row.alarm_at) == (T0 + 15 * MIN, None, None)


def test_item_11_a_change_of_tier_reaches_the_running_clocks(
    people: People, by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    before = clock(case, Promise.ACKNOWLEDGEMENT).ladder
    customer.tier, customer.tier_changed_at = Tier.KEY_ACCOUNT, T0 + MIN
    customer.save()
    applying.drain(lambda: T0 + MIN)
    customer.refresh_from_db()
    after = clock(Case.objects.get(pk=case.pk), Promise.ACKNOWLEDGEMENT).ladder
    assert customer.tier_changed_at is None
    assert [rung["level"] for rung in before][:2] == [0, 0]
    assert [rung["level"] for rung in after][:2] == [0, 1]
