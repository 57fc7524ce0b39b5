"""Two who merge, or undo it, at the same time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.errors import DemandUnmet, StaleVersion, StepRefused
from objections.models import Case, CaseEvent
from objections.services import merging
from objections.services.stepping import lock, take_step
from objections.vocabulary import Promise
from tests.conftest import T0, People
from tests.objections.merging.merges import UNDO, into
from tests.objections.record import clock
from tests.objections.test_races import at_once
from tests.stories import MIN, open_at

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_two_cases_merged_into_each_other_at_once_become_one_and_never_wait_in_a_circle(
    by: Actor, customer: Customer
) -> None:
    for turn in range(6):
        pair = [open_at(T0, by=by, customer=customer) for _one in range(2)]
        refusals: list[str] = []

        def go(number: int, pair: list[Case] = pair, refusals: list[str] = refusals) -> None:
            mine, other = pair[number], pair[1 - number]
            try:
                take_step(Case.objects.get(pk=mine.pk), into(other), by=by, now=T0 + MIN)
            except (StepRefused, DemandUnmet) as refusal:
                refusals.append(type(refusal).__name__)

        assert at_once(2, go) == []
        stages = sorted(Case.objects.filter(pk__in=[one.pk for one in pair]).values_list("stage"))
        assert (turn, stages) == (turn, [("listen",), ("merged",)])
        assert len(refusals) == 1


@pytest.mark.django_db(transaction=True)
def test_a_merge_undone_by_two_at_once_is_undone_once(
    two: tuple[Case, Case], by: Actor, people: People
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    refusals: list[str] = []

    def go(number: int) -> None:
        actor = Actor.person((people.supervisor, people.manager)[number])
        try:
            take_step(Case.objects.get(pk=early.pk), UNDO, by=actor, now=T0 + 7 * MIN)
        except (StepRefused, StaleVersion) as refusal:
            refusals.append(type(refusal).__name__)

    assert at_once(2, go) == []
    assert len(refusals) == 1
    assert CaseEvent.objects.filter(kind="unmerged").count() == 1
    assert early.deadlines.running().count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_merge_meets_a_sweep_and_each_promise_rings_once_or_ends(
    by: Actor, customer: Customer
) -> None:
    pairs = [[open_at(T0, by=by, customer=customer) for _one in range(2)] for _pair in range(10)]
    now = T0 + 16 * MIN

    def go(number: int) -> None:
        if number < 2:
            sweep(now=now)
            return
        for case, survivor in pairs[number - 2 :: 2]:
            take_step(case, into(survivor), by=by, now=now)

    assert at_once(4, go) == []
    while sweep(now=now):
        pass
    for case, survivor in pairs:
        assert case.deadlines.filter(ended_as="merged").count() == 2
        for one in (case, survivor):
            assert one.events.filter(kind="deadline_breached").count() == 1


def test_who_undoes_a_merge_that_moved_on_in_that_instant_is_told_that_it_changed(
    two: tuple[Case, Case], by: Actor, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = two
    third = open_at(T0 + 5 * MIN, by=by, customer=early.customer)
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)

    def moved_on(case: Case, *others: int) -> Case:
        Case.objects.filter(pk=early.pk).update(merged_into=third)
        return lock(case, *others)

    monkeypatch.setattr(merging, "lock", moved_on)
    with pytest.raises(StaleVersion):
        take_step(early, UNDO, by=boss, now=T0 + 7 * MIN)
    assert not early.events.filter(kind="unmerged").exists()


def test_the_moments_of_a_merge_keep_their_microseconds(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    odd: datetime = T0 + timedelta(microseconds=123_457)
    early, late = (open_at(at, by=by, customer=customer) for at in (odd, odd + MIN))
    take_step(early, into(late), by=by, now=odd + 2 * MIN)
    assert clock(late, Promise.RESPONSE).started_at == odd
    take_step(early, UNDO, by=boss, now=odd + 3 * MIN)
    assert clock(late, Promise.RESPONSE).started_at == odd + MIN
