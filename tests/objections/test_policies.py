"""A deadline copies what the policy in force gives it; a policy that cannot work is refused."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.deadlines.terms import NoPolicy
from objections.models import Allowance, Policy, Rung
from objections.services.stepping import take_steps
from objections.vocabulary import Kind, Promise, Stage, Urgency
from tests.objections.record import clock, rang
from tests.stories import HOUR, MIN, open_at, walk_to

pytestmark = pytest.mark.django_db


def allowance(promise: Promise, kind: str = "", urgency: str = "") -> Allowance:
    return Allowance.objects.get(promise=promise, kind=kind, urgency=urgency)


def test_a_deadline_copies_allowance_ladder_and_policy(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    deadline = clock(case, Promise.RESPONSE)
    assert (deadline.policy_name, deadline.policy_version, deadline.unit) == (
        "Standard", 1, "elapsed",
    )  # fmt: skip
    assert (deadline.allowance, deadline.pause_maximum, deadline.pauses_per_cycle) == (
        24 * HOUR, 8 * HOUR, 2,
    )  # fmt: skip
    assert [(rung["offset"] / 3600, rung["kind"], rung["level"]) for rung in deadline.ladder] == [
        (-6, "warning", 0), (-2, "warning", 0), (0, "breach", 1), (2, "level", 2), (8, "level", 3),
    ]  # fmt: skip


def test_a_later_edit_moves_no_running_clock(by: Actor, customer: Any, t0: datetime) -> None:
    case = open_at(t0, by=by, customer=customer)
    row = allowance(Promise.ACKNOWLEDGEMENT)
    row.rungs.all().delete()
    row.length = HOUR
    row.save()
    sweep(now=t0 + 16 * MIN)
    assert len(rang(case, Promise.ACKNOWLEDGEMENT)) == 3
    assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 + 15 * MIN
    later = open_at(t0, by=by, customer=customer)
    assert clock(later, Promise.ACKNOWLEDGEMENT).due_at == t0 + HOUR


def test_a_new_version_in_force_is_named_by_what_starts_under_it(
    by: Actor, customer: Any, t0: datetime
) -> None:
    old = open_at(t0, by=by, customer=customer)
    rows = list(Allowance.objects.filter(policy__in_force=True))
    Policy.objects.update(in_force=False)
    second = Policy.objects.create(name="Standard", version=2, in_force=True, published_at=t0)
    for row in rows:
        row.pk, row.policy = None, second
        row.save()
    new = open_at(t0, by=by, customer=customer)
    assert clock(old, Promise.RESPONSE).policy_version == 1
    assert clock(new, Promise.RESPONSE).policy_version == 2


def test_the_most_particular_allowance_wins(by: Actor, customer: Any, t0: datetime) -> None:
    policy = Policy.objects.get()

    def due(kind: Kind, urgency: Urgency) -> timedelta:
        case = open_at(t0, by=by, customer=customer, kind=kind, urgency=urgency)
        return clock(case, Promise.RESPONSE).allowance

    assert due(Kind.COMPLAINT, Urgency.CRISIS) == 24 * HOUR
    Allowance.objects.create(policy=policy, promise="response", urgency="crisis", length=4 * HOUR)
    assert due(Kind.COMPLAINT, Urgency.CRISIS) == 4 * HOUR
    Allowance.objects.create(policy=policy, promise="response", kind="complaint", length=9 * HOUR)
    assert due(Kind.COMPLAINT, Urgency.CRISIS) == 9 * HOUR  # kind goes before urgency
    Allowance.objects.create(
        policy=policy, promise="response", kind="complaint", urgency="crisis", length=2 * HOUR
    )
    assert due(Kind.COMPLAINT, Urgency.CRISIS) == 2 * HOUR
    assert due(Kind.COMPLAINT, Urgency.NORMAL) == 9 * HOUR
    assert due(Kind.OBJECTION, Urgency.NORMAL) == 24 * HOUR


def test_without_a_word_of_the_policy_no_promise_starts(
    by: Actor, customer: Any, t0: datetime
) -> None:
    allowance(Promise.RESPONSE).delete()
    with pytest.raises(NoPolicy):
        open_at(t0, by=by, customer=customer)


def test_a_promise_with_a_short_time_of_its_own_has_the_warnings_that_fit(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    short = steps.Commit(what="A call", due_at=t0 + 14 * MIN)
    take_steps(case, [short], by=by, now=t0 + 10 * MIN)
    deadline = clock(case, Promise.COMMITMENT)
    assert [deadline.moment_of(index) for index in range(4)] == [
        t0 + 13 * MIN, t0 + 14 * MIN, t0 + 18 * MIN, None,
    ]  # fmt: skip


# ── what is refused when it is saved ──────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"length": None}, "length"),
        ({"length": timedelta(0)}, "length"),
        ({"length": -HOUR}, "length"),
        ({"length": timedelta(days=367)}, "length"),
        ({"pause_maximum": timedelta.max}, "pause_maximum"),
        ({"night_from": time(21)}, "night_until"),
        ({"night_until": time(8)}, "night_until"),
        ({"night_from": time(8), "night_until": time(8)}, "night_until"),
    ],
)
def test_an_allowance_that_cannot_work_is_refused(more: dict[str, Any], field: str) -> None:
    row = allowance(Promise.RESPONSE)
    for name, value in more.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as found:
        row.full_clean()
    assert field in found.value.message_dict


def test_the_acknowledgement_is_not_given_a_pause() -> None:
    row = allowance(Promise.ACKNOWLEDGEMENT)
    row.pauses_per_cycle = 1
    with pytest.raises(ValidationError) as found:
        row.full_clean()
    assert list(found.value.message_dict) == ["pauses_per_cycle"]


def test_a_commitment_brings_its_own_time() -> None:
    row = allowance(Promise.COMMITMENT)
    assert row.length is None
    row.full_clean()


@pytest.mark.parametrize(
    "more",
    [
        {"offset": None, "percent": None},
        {"offset": -MIN, "percent": -10},
        {"offset": -MIN, "level": 1},
        {"percent": -10, "level": 1},
        {"offset": timedelta(0), "level": 0},
        {"percent": 50, "level": 0},
        {"offset": -15 * MIN, "level": 0},
        {"offset": -HOUR, "level": 0},
        {"percent": -100, "level": 0},
        {"offset": HOUR, "level": 4},
        {"offset": timedelta(days=367), "level": 3},
    ],
    ids=str,
)
def test_a_rung_that_cannot_work_is_refused(more: dict[str, Any]) -> None:
    given: dict[str, Any] = {"level": 0, "offset": None, "percent": None}
    rung = Rung(allowance=allowance(Promise.ACKNOWLEDGEMENT), **(given | more))
    with pytest.raises(ValidationError):
        rung.full_clean()


@pytest.mark.parametrize(
    "more",
    [
        {"offset": -15 * MIN + timedelta(seconds=1), "level": 0},
        {"percent": -99, "level": 0},
        {"offset": timedelta(0), "level": 1},
        {"percent": 300, "level": 3},
    ],
    ids=str,
)
def test_a_rung_that_can_work_is_accepted(more: dict[str, Any]) -> None:
    given: dict[str, Any] = {"offset": None, "percent": None}
    Rung(allowance=allowance(Promise.ACKNOWLEDGEMENT), **(given | more)).full_clean()
