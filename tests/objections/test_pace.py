"""A backlog never makes what falls due meanwhile wait for long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from customers.models import Customer
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.deadlines.pace import FEWEST, MOST, Pace
from objections.models import Case
from tests.conftest import People
from tests.stories import HOUR, MIN, open_at

SECOND = timedelta(seconds=1)


def test_a_batch_shrinks_when_its_rows_have_whole_ladders_to_ring() -> None:
    pace = Pace(rows=400)
    pace.learn(400, took=1.0)
    assert pace.rows == 100


def test_a_batch_grows_step_by_step_while_it_is_quick() -> None:
    pace, sizes = Pace(rows=FEWEST), []
    for _batch in range(5):
        pace.learn(pace.rows, took=0.05)
        sizes.append(pace.rows)
    assert sizes == [100, 200, 400, MOST, MOST]


def test_a_batch_is_never_so_small_that_the_backlog_stands_still() -> None:
    pace = Pace(rows=100)
    pace.learn(100, took=60.0)
    assert pace.rows == FEWEST


def test_a_batch_that_was_not_full_teaches_nothing() -> None:
    pace = Pace(rows=100)
    pace.learn(3, took=0.001)
    assert pace.rows == 100


def test_what_fell_due_since_the_last_look_is_fresh_however_long_a_batch_took(
    t0: datetime,
) -> None:
    pace = Pace()
    assert pace.fresh_since(t0) < t0
    assert pace.fresh_since(t0 + 40 * SECOND) < t0
    assert pace.fresh_since(t0 + 41 * SECOND) > t0 + 30 * SECOND


def test_a_new_round_keeps_what_was_learnt_but_not_when_it_looked(t0: datetime) -> None:
    pace = Pace(rows=77)
    pace.fresh_since(t0)
    assert pace.begin().rows == 77
    assert pace.fresh_since(t0 + HOUR) > t0 + 59 * MIN


@pytest.mark.django_db(transaction=True)
def test_what_falls_due_during_a_slow_batch_rings_before_the_rest_of_the_backlog(
    people: People, customer: Customer, t0: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look at the clock finds it ten seconds later, and each batch takes two rows."""
    monkeypatch.setattr(sweeping, "BATCH", 2)
    by = Actor.person(people.engineer)
    fresh = open_at(t0 - 15 * MIN + 15 * SECOND, by=by, customer=customer)
    sweeping.sweep(now=t0)
    began = t0 - 5 * HOUR
    old = [open_at(began + number * SECOND, by=by, customer=customer) for number in range(8)]
    looks = iter(range(1000))
    sweeping.drain(lambda: t0 + next(looks) * 10 * SECOND)

    assert heard_of(fresh) < heard_of(old[-1])


def heard_of(case: Case) -> datetime:
    """Return when the breach of the case's acknowledgement was noticed."""
    breach = case.events.get(kind="deadline_breached", data__promise="acknowledgement")
    return breach.recorded_at
