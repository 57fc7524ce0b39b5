"""Item 20: an administrator may have what was set aside tried again at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from objections import escalation
from objections.actors import Actor
from objections.deadlines.sweeping import lag, sweep
from objections.errors import NotPermitted
from objections.models import Deadline, Escalation
from objections.services.escalations import take
from objections.services.retrying import try_again
from objections.vocabulary import Promise
from tests.conftest import People
from tests.objections.record import clock, escalation_of, rang
from tests.stories import MIN, open_at

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def aside(by: Actor, customer: Any, t0: datetime, monkeypatch: pytest.MonkeyPatch) -> Deadline:
    """A deadline that failed three times, the last time 11 minutes and 30 seconds after t0."""
    row = clock(open_at(t0, by=by, customer=customer), Promise.ACKNOWLEDGEMENT)
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "climb", fail)
        for now in (
            t0 + 10 * MIN + SECOND,
            t0 + 10 * MIN + 32 * SECOND,
            t0 + 11 * MIN + 33 * SECOND,
        ):
            sweep(now=now)
    row.refresh_from_db()
    assert row.failures == 3
    return row


def fail(*_given: object) -> None:
    raise ValueError("this row is broken")


def test_item_20_what_is_tried_again_rings_at_the_next_sweep_at_its_true_moment(
    people: People, aside: Deadline, t0: datetime
) -> None:
    now = t0 + 12 * MIN
    assert sweep(now=now) == 0
    assert try_again(aside, by=people.administrator, now=now)
    assert lag(now=now) == timedelta(0)
    assert sweep(now=now + SECOND) == 1
    aside.refresh_from_db()
    assert (aside.failures, aside.quarantined_at, aside.failure) == (0, None, "")
    assert [at for _kind, at in rang(aside.case, Promise.ACKNOWLEDGEMENT)] == [t0 + 10 * MIN]


def test_item_20_what_fails_again_waits_as_long_as_it_would_have(
    people: People, aside: Deadline, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    since, now = aside.quarantined_at, t0 + 12 * MIN
    monkeypatch.setattr(escalation, "climb", fail)
    try_again(aside, by=people.administrator, now=now)
    assert sweep(now=now + SECOND) == 0
    aside.refresh_from_db()
    assert (aside.failures, aside.quarantined_at) == (4, since)
    assert aside.alarm_at == now + SECOND + 4 * MIN


def test_item_20_only_who_looks_after_the_clock_may(
    people: People, aside: Deadline, t0: datetime
) -> None:
    before = aside.alarm_at
    for person in (people.engineer, people.supervisor, people.manager, people.auditor):
        with pytest.raises(NotPermitted):
            try_again(aside, by=person, now=t0 + 12 * MIN)
    people.administrator.is_active = False
    with pytest.raises(NotPermitted):
        try_again(aside, by=people.administrator, now=t0 + 12 * MIN)
    aside.refresh_from_db()
    assert aside.alarm_at == before


def test_item_20_what_has_rung_meanwhile_is_left_as_it_is(
    people: People, aside: Deadline, t0: datetime
) -> None:
    sweep(now=t0 + 14 * MIN)
    stale, aside = aside, Deadline.objects.get(pk=aside.pk)
    assert aside.quarantined_at is None
    assert not try_again(stale, by=people.administrator, now=t0 + 14 * MIN)
    assert Deadline.objects.get(pk=aside.pk).alarm_at == aside.alarm_at == t0 + 15 * MIN


def test_item_20_a_try_that_is_due_already_is_not_put_off(
    people: People, aside: Deadline, t0: datetime
) -> None:
    before = aside.alarm_at
    assert before is not None
    assert try_again(aside, by=people.administrator, now=before + MIN)
    aside.refresh_from_db()
    assert aside.alarm_at == before


def test_item_20_an_escalation_that_was_set_aside_is_tried_again_too(
    people: People, by: Actor, boss: Actor, customer: Any, t0: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 16 * MIN)
    row, until = escalation_of(case, Promise.ACKNOWLEDGEMENT), t0 + 40 * MIN
    take(row, by=boss, next_step="I call", until=until, now=t0 + 17 * MIN)
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "lapse", fail)
        sweep(now=until + SECOND)
    row = Escalation.objects.get(pk=row.pk)
    assert row.quarantined_at is not None
    now = until + 2 * SECOND
    assert try_again(row, by=people.administrator, now=now)
    assert sweep(now=now + SECOND) == 1
    assert Escalation.objects.get(pk=row.pk).level == 2
