"""Everything runs at the same time as itself, on the real database, with real threads."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import connections, transaction

from objections import escalation, lifecycle, steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.deadlines.sweeping import sweep
from objections.errors import (
    AlreadyExists,
    AlreadyTaken,
    FieldInvalid,
    StaleVersion,
    StepRefused,
)
from objections.escalation import Ringing
from objections.models import Case, CaseEvent, Deadline, Escalation, EscalationEntry, Remedy
from objections.openings import Opening
from objections.services import analysis, remedies
from objections.services.cases import open_case
from objections.services.escalations import take
from objections.services.stepping import lock, take_steps
from objections.vocabulary import Channel, Promise, RemedyKind, Stage
from tests.conftest import T0, People
from tests.objections.record import clock
from tests.stories import ACKNOWLEDGE, HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db(transaction=True)

MICROSECOND = timedelta(microseconds=1)


def at_once(count: int, do: Callable[[int], object]) -> list[Exception]:
    """Run ``do`` in threads that start together, each with a connection of its own."""
    start = Barrier(count)
    failures: list[Exception] = []

    def run(number: int) -> None:
        try:
            start.wait(timeout=10)
            do(number)
        except Exception as failure:  # noqa: BLE001 - the test says which are expected
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return failures


def opened(count: int, by: Actor, customer: Any) -> list[Case]:
    return [open_at(T0, by=by, customer=customer) for _number in range(count)]


def swept_until_done(now: Any) -> int:
    """Sweep until nothing waits: rows that another sweeper holds are passed over."""
    total = 0
    while Deadline.objects.filter(alarm_at__lt=now).exists():
        total += sweep(now=now)
    return total


def count(kind: str, promise: Promise = Promise.ACKNOWLEDGEMENT) -> int:
    return CaseEvent.objects.filter(kind=kind, data__promise=promise).count()


def test_six_sweepers_on_150_cases_ring_each_alarm_once(
    by: Actor, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 20)
    opened(150, by, customer)
    now = T0 + 16 * MIN
    rang = [0] * 6

    def go(number: int) -> None:
        rang[number] = sweep(now=now)

    assert at_once(6, go) == []
    assert sum(rang) + swept_until_done(now) == 450
    assert (count("deadline_warned"), count("deadline_breached")) == (300, 150)
    assert Escalation.objects.count() == EscalationEntry.objects.count() == 150
    assert sum(1 for rungs in rang if rungs) > 1


def test_sweepers_and_people_never_deadlock_and_each_promise_is_kept_or_broken(
    by: Actor, customer: Any
) -> None:
    cases = opened(60, by, customer)
    now = T0 + 75 * MIN

    def go(number: int) -> None:
        if number < 3:
            sweep(now=now)
            return
        mine = cases[number - 3 :: 3]
        random.Random(number).shuffle(mine)
        for case in mine:
            take_steps(case, [ACKNOWLEDGE], by=by, now=T0 + (14 + number) * MIN)

    assert at_once(6, go) == []
    swept_until_done(now)
    rows = Deadline.objects.filter(promise=Promise.ACKNOWLEDGEMENT)
    late = rows.filter(breached_at=T0 + 15 * MIN, answered_late_at__gt=T0 + 15 * MIN, kept_at=None)
    assert late.count() == 60
    assert not rows.exclude(alarm_at=None).exists()
    assert (count("deadline_breached"), count("deadline_answered_late")) == (60, 60)
    assert not Escalation.objects.filter(deadline__in=rows, closed_at=None).exists()


def test_an_answer_in_time_meets_a_sweep_and_exactly_one_of_kept_and_broken_stands(
    by: Actor, customer: Any
) -> None:
    cases = opened(40, by, customer)
    due = T0 + 15 * MIN

    def go(number: int) -> None:
        if number < 3:
            sweep(now=due + MICROSECOND)
        else:
            for case in cases[number - 3 :: 3]:
                take_steps(case, [ACKNOWLEDGE], by=by, now=due)

    assert at_once(6, go) == []
    swept_until_done(due + MICROSECOND)
    rows = Deadline.objects.filter(promise=Promise.ACKNOWLEDGEMENT)
    assert rows.filter(kept_at=due, breached_at=None).count() == 40
    assert count("deadline_kept") == 40
    assert count("deadline_breached") == count("breach_withdrawn")
    assert not Escalation.objects.filter(closed_at=None).exists()


def test_of_two_people_who_take_the_same_step_one_wins_and_the_other_is_refused(
    people: People, by: Actor, customer: Any
) -> None:
    [case] = opened(1, by, customer)
    answers: list[str] = []

    def go(number: int) -> None:
        actor = Actor.person((people.engineer, people.colleague)[number % 2])
        try:
            take_steps(Case.objects.get(pk=case.pk), [ACKNOWLEDGE], by=actor, now=T0 + MIN)
            answers.append("taken")
        except StepRefused as refusal:
            answers.append(f"refused, {len(refusal.allowed)} allowed")

    assert at_once(4, go) == []
    now_allowed = len(lifecycle.allowed(Stage.CONFIRM))
    assert sorted(answers) == [f"refused, {now_allowed} allowed"] * 3 + ["taken"]
    assert CaseEvent.objects.filter(kind="acknowledged").count() == 1
    assert Case.objects.get(pk=case.pk).version == 2


def test_of_two_who_take_the_same_escalation_one_has_it_and_the_other_hears_who(
    people: People, by: Actor, customer: Any
) -> None:
    opened(1, by, customer)
    sweep(now=T0 + 16 * MIN)
    row = Escalation.objects.get()
    above = [people.supervisor, people.manager, people.duty_officer]
    refusals: list[Any] = []

    def go(number: int) -> None:
        try:
            take(
                Escalation.objects.get(pk=row.pk), by=Actor.person(above[number]),
                next_step="I call", until=T0 + HOUR, now=T0 + 17 * MIN,
            )  # fmt: skip
        except AlreadyTaken as refusal:
            refusals.append(refusal.taker)

    assert at_once(3, go) == []
    row.refresh_from_db()
    assert refusals == [row.taken_by, row.taken_by]
    assert CaseEvent.objects.filter(kind="escalation_taken").count() == 1


def test_the_same_number_of_a_source_brought_twice_at_once_is_one_case(
    by: Actor, customer: Any
) -> None:
    opening = Opening(
        statement="It leaks", customer=customer, channel=Channel.PHONE, source="crm",
        external_id="4711",
    )  # fmt: skip
    references: list[str] = []

    def go(number: int) -> None:
        try:
            references.append(open_case(opening, by=by, now=T0).reference)
        except AlreadyExists as refusal:
            references.append(refusal.reference)

    assert at_once(4, go) == []
    [case] = Case.objects.all()
    assert references == [case.reference] * 4
    assert CaseEvent.objects.filter(kind="opened").count() == 1


def test_a_step_in_the_middle_of_a_ringing_does_not_ring_it_twice(
    by: Actor, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = opened(24, by, customer)
    real = escalation.climb

    def slow(deadline: Deadline, ringing: Ringing) -> None:
        real(deadline, ringing)
        time.sleep(0.01)

    monkeypatch.setattr(escalation, "climb", slow)

    def go(number: int) -> None:
        if number < 2:
            sweep(now=T0 + 16 * MIN)
        else:
            for case in cases[number - 2 :: 4]:
                take_steps(case, [ACKNOWLEDGE], by=by, now=T0 + 17 * MIN)

    assert at_once(6, go) == []
    assert (count("deadline_warned"), count("deadline_breached")) == (48, 24)
    assert EscalationEntry.objects.count() == 24


def test_two_who_settle_the_same_promise_settle_it_once(by: Actor, customer: Any) -> None:
    [case] = opened(1, by, customer)
    promised = steps.Commit(what="A seal", due_at=T0 + HOUR)
    take_steps(case, [ACKNOWLEDGE, promised], by=by, now=T0 + MIN)
    kept = steps.KeepCommitment(commitment=1, proof="Receipt")
    refusals = []

    def go(number: int) -> None:
        try:
            take_steps(case, [kept], by=by, now=T0 + 2 * MIN)
        except Exception as refusal:  # noqa: BLE001 - looked at below
            refusals.append(type(refusal).__name__)

    assert at_once(3, go) == []
    assert refusals == ["DemandUnmet", "DemandUnmet"]
    assert CaseEvent.objects.filter(kind="commitment_kept").count() == 1


def test_who_waits_for_a_case_meets_it_with_the_handler_whom_the_other_gave_it(
    people: People, crm: Any, customer: Any
) -> None:
    case = open_at(T0, by=Actor.program(crm), customer=customer)
    assert case.handler is None
    holds, seen = Event(), []

    def first() -> None:
        with transaction.atomic():
            held = lock(case)
            holds.set()
            time.sleep(0.3)  # long enough for the other to wait for the lock
            held.handler = people.colleague
            held.save()

    def second() -> None:
        assert holds.wait(timeout=10)
        with transaction.atomic():
            met = lock(case)
            seen.append((met.handler_id, met.handler))

    assert at_once(2, lambda number: (first, second)[number]()) == []
    assert seen == [(people.colleague.pk, people.colleague)]


def test_a_sweeper_that_is_stopped_lets_go_of_its_rows_after_two_seconds(
    by: Actor, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    [case] = opened(1, by, customer)
    now = T0 + 16 * MIN
    holds, real = Event(), escalation.climb

    def stopped(deadline: Deadline, ringing: Ringing) -> None:
        if holds.is_set():
            real(deadline, ringing)
            return
        holds.set()
        time.sleep(4)
        real(deadline, ringing)

    monkeypatch.setattr(escalation, "climb", stopped)
    took: list[float] = []

    def go(number: int) -> None:
        if number == 0:
            sweep(now=now)
            return
        assert holds.wait(timeout=10)
        began = time.monotonic()
        assert sweep(now=now) == 0  # it is held, and nobody waits for it
        assert time.monotonic() - began < 1
        while not sweep(now=now):
            time.sleep(0.1)
        took.append(time.monotonic() - began)

    [lost] = at_once(2, go)
    assert "terminat" in str(lost) or "closed" in str(lost)
    assert took[0] < 3.5
    assert clock(case, Promise.ACKNOWLEDGEMENT).rung == 3
    assert count("deadline_breached") == 1


def test_a_refusal_in_a_race_leaves_nothing_of_the_refused(by: Actor, customer: Any) -> None:
    [case] = opened(1, by, customer)

    def go(number: int) -> None:
        if number:
            take_steps(case, [steps.WriteNote(text=f"{number}")], by=by, now=T0 + MIN)
            return
        taken = [steps.WriteNote(text="lost"), steps.Commit(what="A seal", due_at=T0)]
        take_steps(case, taken, by=by, now=T0 + MIN)

    [refusal] = at_once(4, go)
    assert isinstance(refusal, FieldInvalid)
    assert set(case.notes.values_list("text", flat=True)) == {"1", "2", "3"}
    assert Case.objects.get(pk=case.pk).version == 4


def _dear(case: Case, by: Actor) -> Remedy:
    return remedies.propose(
        case, kind=RemedyKind.REFUND, description="All of it", cost=Decimal(60_000), by=by,
        now=T0 + HOUR,
    )  # fmt: skip


def test_two_who_approve_at_once_are_two_approvals(
    people: People, by: Actor, customer: Any
) -> None:
    remedy = _dear(walk_to(Stage.RESPOND, T0, by=by, customer=customer), by)
    both = [Actor.person(people.supervisor), Actor.person(people.manager)]
    assert not at_once(2, lambda n: remedies.approve(remedy, by=both[n], now=T0 + 2 * HOUR))
    remedy.refresh_from_db()
    assert (remedy.approved_at, remedy.approvals.count()) == (T0 + 2 * HOUR, 2)


def test_one_who_approves_twice_at_once_is_one_approval(
    people: People, by: Actor, customer: Any
) -> None:
    remedy = _dear(walk_to(Stage.RESPOND, T0, by=by, customer=customer), by)
    manager = Actor.person(people.manager)
    assert not at_once(3, lambda _n: remedies.approve(remedy, by=manager, now=T0 + 2 * HOUR))
    remedy.refresh_from_db()
    assert (remedy.is_open, remedy.approvals.count()) == (True, 1)


def test_the_last_yes_and_a_no_at_once_leave_one_decision(
    people: People, by: Actor, customer: Any
) -> None:
    remedy = _dear(walk_to(Stage.RESPOND, T0, by=by, customer=customer), by)
    manager, boss = Actor.person(people.manager), Actor.person(people.supervisor)
    remedies.approve(remedy, by=manager, now=T0 + 2 * HOUR)
    decide = (remedies.approve, remedies.refuse)
    assert not at_once(2, lambda n: decide[n](remedy, by=boss, now=T0 + 3 * HOUR))
    remedy.refresh_from_db()
    assert (remedy.approved_at is None) != (remedy.refused_at is None)


def test_two_who_correct_the_same_why_at_once_lose_nothing(by: Actor, customer: Any) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    analysis.write(case, text="It leaks", by=by, now=T0 + HOUR)

    def correct(number: int) -> None:
        analysis.correct(case, 1, version=1, text=f"By {number}", by=by, now=T0 + HOUR)

    [failure] = at_once(2, correct)
    assert isinstance(failure, StaleVersion)
    why = case.whys.get()
    assert (why.version, case.events.filter(kind="why_written").count()) == (2, 2)
