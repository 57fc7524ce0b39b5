"""A published policy moves running clocks only where it is asked to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from objections import steps
from objections.actors import Actor
from objections.deadlines import applying, previewing
from objections.deadlines.sweeping import sweep
from objections.models import (
    Allowance,
    Deadline,
    Escalation,
    Notice,
    Policy,
)
from objections.services.stepping import take_steps
from objections.vocabulary import (
    Promise,
    Stage,
    Unit,
)
from tests.objections.recomputing.given import (
    drained,
)
from tests.objections.record import clock
from tests.stories import DAY, HOUR, open_at, walk_to

pytestmark = pytest.mark.django_db


def test_item_14_a_running_clock_keeps_the_version_it_was_made_under(
    by: Actor, customer: Any, second: Callable[..., Policy], t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    second(response=6 * HOUR)
    drained(t0 + HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert (deadline.policy_version, deadline.due_at) == (1, t0 + 24 * HOUR)
    assert clock(open_at(t0, by=by, customer=customer), Promise.RESPONSE).policy_version == 2


def test_item_14_asked_for_it_moves_with_the_new_version(
    by: Actor, customer: Any, second: Callable[..., Policy], t0: datetime
) -> None:
    cases = [walk_to(Stage.CONFIRM, t0, by=by, customer=customer) for _ in range(3)]
    asked = applying.ask(policy=second(response=6 * HOUR), now=t0 + HOUR)
    drained(t0 + HOUR)
    asked.refresh_from_db()
    assert (asked.moved, asked.overdue, asked.done_at) == (3, 0, t0 + HOUR)
    for case in cases:
        deadline = clock(case, Promise.RESPONSE)
        assert (deadline.policy_version, deadline.due_at) == (2, t0 + 6 * HOUR)


@pytest.mark.parametrize("with_alerts", [True, False])
def test_item_14_those_made_overdue_alert_only_if_asked(
    with_alerts: bool, by: Actor, customer: Any, second: Callable[..., Policy], t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    policy = second(response=HOUR)
    asked = applying.ask(policy=policy, with_alerts=with_alerts, now=t0 + 2 * HOUR)
    drained(t0 + 2 * HOUR)
    asked.refresh_from_db()
    deadline = clock(case, Promise.RESPONSE)
    assert asked.overdue == 1
    assert deadline.breached_at == t0 + 2 * HOUR
    escalation = Escalation.objects.get(deadline=deadline)
    assert escalation.is_open
    assert Notice.objects.filter(deadline=deadline).exists() is with_alerts
    sweep(now=t0 + 5 * DAY)
    assert (escalation.entries.count() > 1) is with_alerts


def test_item_14_the_preview_says_what_would_happen_and_changes_nothing(
    by: Actor, customer: Any, second: Callable[..., Policy], t0: datetime
) -> None:
    old = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    walk_to(Stage.CONFIRM, t0 + 3 * HOUR, by=by, customer=customer)
    policy = second(response=4 * HOUR)
    before = list(Deadline.objects.order_by("pk").values())
    seen = previewing.preview(policy, now=t0 + 5 * HOUR)
    assert (seen.moved, seen.overdue, len(seen.cases)) == (2, 1, 2)
    assert dict(seen.by_promise) == {Promise.RESPONSE: 2}
    assert seen.examples[0].deadline.case == old
    assert list(Deadline.objects.order_by("pk").values()) == before


def test_item_14_a_process_that_dies_in_the_middle_is_followed_by_the_next(
    by: Actor, customer: Any, second: Callable[..., Policy], t0: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    cases = [walk_to(Stage.CONFIRM, t0, by=by, customer=customer) for _ in range(4)]
    asked = applying.ask(policy=second(response=6 * HOUR), now=t0 + HOUR)
    applying._next_case(t0 + HOUR)
    applying._next_case(t0 + HOUR)
    asked.refresh_from_db()
    assert (asked.moved, asked.cursor, asked.done_at) == (2, cases[1].pk, None)
    drained(t0 + 2 * HOUR)
    asked.refresh_from_db()
    assert (asked.moved, asked.done_at) == (4, t0 + 2 * HOUR)


def test_a_question_with_no_time_of_its_own_moves_with_the_policy(
    by: Actor, customer: Any, t0: datetime, second: Callable[..., Policy]
) -> None:
    Allowance.objects.filter(promise="hand_over").update(unit=Unit.ELAPSED)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    asked = steps.HandOver(question="Which alloy?", department="Lab")
    take_steps(case, [asked], by=by, now=t0 + HOUR)
    applying.ask(policy=second(hand_over=2 * HOUR), now=t0 + HOUR)
    drained(t0 + HOUR)
    assert clock(case, Promise.HAND_OVER).due_at == t0 + 3 * HOUR
    assert case.hand_overs.get().due_at == t0 + 3 * HOUR


@pytest.mark.usefixtures("tampered")
def test_a_case_that_cannot_be_computed_is_counted_and_stops_nobody(
    by: Actor, customer: Any, t0: datetime, second: Callable[..., Policy]
) -> None:
    broken, sound = (walk_to(Stage.CONFIRM, t0, by=by, customer=customer) for _ in range(2))
    Deadline.objects.filter(case=broken).update(ladder=[{"offset": "soon"}], rung=1)
    asked = applying.ask(policy=second(response=6 * HOUR), now=t0 + HOUR)
    drained(t0 + HOUR)
    asked.refresh_from_db()
    assert (asked.failed, asked.moved, asked.done_at) == (1, 1, t0 + HOUR)
    assert clock(sound, Promise.RESPONSE).due_at == t0 + 6 * HOUR
    assert clock(broken, Promise.RESPONSE).due_at == t0 + 24 * HOUR


@pytest.mark.usefixtures("tampered")
def test_a_clock_under_a_newer_policy_is_not_moved_back_by_an_older_one(
    by: Actor, customer: Any, t0: datetime, second: Callable[..., Policy]
) -> None:
    old = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    applying.ask(policy=second(response=6 * HOUR), now=t0 + HOUR)
    third = second(response=20 * HOUR)
    Policy.objects.filter(pk=third.pk).update(published_at=t0 + HOUR)
    Deadline.objects.filter(case=old, promise="response").update(policy_version=3)
    drained(t0 + HOUR)
    assert clock(old, Promise.RESPONSE).due_at == t0 + 24 * HOUR
