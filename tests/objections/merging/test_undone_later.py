"""A merge that is undone much later: what happened meanwhile counts, and nothing rings twice."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from customers.models import Customer, Tier
from objections import steps
from objections.actors import Actor
from objections.deadlines import applying
from objections.deadlines.sweeping import sweep
from objections.models import Allowance, Case, Policy
from objections.services.records import withdraw_proof
from objections.services.stepping import take_step
from objections.vocabulary import Channel, PauseReason, Promise, Purpose, Stage, Unit
from tests.conftest import T0, People
from tests.objections.merging.merges import UNDO, into
from tests.objections.record import clock, escalation_of, events, told
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, walk_to
from timekeeping import editions
from timekeeping.models import Calendar

pytestmark = pytest.mark.django_db
BY_MAIL: dict[str, Any] = {"channel": Channel.EMAIL, "to": "zhoumin@hengyuan.example"}


# ── a pause ───────────────────────────────────────────────────────────────────────────


def test_a_pause_that_ran_out_long_ago_does_not_bring_in_everybody_at_once(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    other = walk_to(Stage.RESPOND, T0 + HOUR, by=by, customer=customer)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail", resume_at=T0 + 6 * HOUR)
    take_step(case, pause, by=by, now=T0 + 2 * HOUR)
    take_step(case, into(other), by=by, now=T0 + 3 * HOUR)
    now = T0 + 5 * DAY
    take_step(case, UNDO, by=boss, now=now)
    row = clock(case, Promise.RESPONSE)
    assert (row.due_at, row.breached_at) == (T0 + 28 * HOUR, T0 + 28 * HOUR)
    assert escalation_of(case, Promise.RESPONSE).entries.count() == 1
    heard = {name for name, _level, at in told(case, "escalated") if at == row.breached_at}
    assert "supervisor" in heard
    assert not heard & {"manager", "duty_officer"}
    assert sweep(now=now) == 0
    level_2 = next(rung["offset"] for rung in row.ladder if rung["level"] == 2)
    sweep(now=now + timedelta(seconds=level_2) + MIN)
    assert escalation_of(case, Promise.RESPONSE).level == 2


# ── an e-mail that bounced meanwhile ──────────────────────────────────────────────────


def test_an_acknowledgement_whose_e_mail_bounced_meanwhile_is_owed_again(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, steps.Acknowledge(summary="Thank you.", **BY_MAIL), by=by, now=T0 + 5 * MIN)
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    mail = early.contact_records.get(purpose=Purpose.ACKNOWLEDGEMENT)
    withdraw_proof(mail, failure="550", now=T0 + 8 * MIN)
    assert clock(early, Promise.ACKNOWLEDGEMENT).kept_at == T0 + 5 * MIN
    early.refresh_from_db()
    take_step(early, UNDO, by=boss, now=T0 + HOUR)
    row = clock(early, Promise.ACKNOWLEDGEMENT)
    assert (row.kept_at, row.proof, row.is_running) == (None, None, True)
    assert row.breached_at == T0 + 15 * MIN
    [event] = early.events.filter(kind="proof_withdrawn")
    assert event.data["promises"] == ["acknowledgement"]


def test_an_e_mail_that_bounced_before_the_merge_is_taken_back_once(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, steps.Acknowledge(summary="Thank you.", **BY_MAIL), by=by, now=T0 + 5 * MIN)
    mail = early.contact_records.get(purpose=Purpose.ACKNOWLEDGEMENT)
    withdraw_proof(mail, failure="550", now=T0 + 6 * MIN)
    early.refresh_from_db()
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 7 * MIN)
    assert len(events(early, "proof_withdrawn")) == 1
    assert clock(early, Promise.ACKNOWLEDGEMENT).due_at == T0 + 15 * MIN


# ── terms that changed meanwhile ──────────────────────────────────────────────────────


def publish(response: timedelta) -> Policy:
    """Put a second version into force, with another length of the response."""
    old = Policy.objects.get(in_force=True)
    new = Policy.objects.create(name=old.name, version=old.version + 1)
    for row in list(old.allowances.prefetch_related("rungs")):
        rungs = list(row.rungs.all())
        row.pk, row.policy = None, new
        if row.promise == Promise.RESPONSE and not row.kind:
            row.length = response
        row.save()
        for rung in rungs:
            rung.pk, rung.allowance = None, row
            rung.save()
    Policy.objects.filter(pk=old.pk).update(in_force=False)
    Policy.objects.filter(pk=new.pk).update(in_force=True, published_at=T0)
    return Policy.objects.get(pk=new.pk)


def version(case: Case) -> tuple[int, Any]:
    row = clock(case, Promise.RESPONSE)
    return row.policy_version, row.due_at


def test_a_policy_published_for_running_clocks_reaches_a_clock_that_runs_again(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    applying.ask(policy=publish(12 * HOUR), now=T0 + HOUR)
    applying.drain(lambda: T0 + HOUR)
    assert version(early) == (1, T0 + DAY)
    take_step(early, UNDO, by=boss, now=T0 + 2 * HOUR)
    assert version(early) == (2, T0 + 12 * HOUR)


def test_a_policy_for_new_clocks_alone_leaves_it_its_version(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    publish(12 * HOUR)
    take_step(early, UNDO, by=boss, now=T0 + 2 * HOUR)
    assert version(early) == (1, T0 + DAY)


def test_a_policy_that_was_asked_for_before_the_merge_has_been_followed(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    applying.ask(policy=publish(12 * HOUR), now=T0 + 6 * MIN)
    applying.drain(lambda: T0 + 6 * MIN)
    take_step(early, into(late), by=by, now=T0 + 7 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    assert version(early) == (2, T0 + 12 * HOUR)
    assert early.events.filter(kind="deadline_recomputed", data__promise="response").count() == 1


@pytest.mark.parametrize(("asked_after", "broken"), [(20 * HOUR, False), (30 * HOUR, True)])
def test_a_longer_promise_saves_only_what_was_not_broken_when_it_was_made(
    asked_after: timedelta, broken: bool, two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    applying.ask(policy=publish(4 * DAY), now=T0 + asked_after)
    take_step(early, UNDO, by=boss, now=T0 + 40 * HOUR)
    row = clock(early, Promise.RESPONSE)
    assert row.breached_at == (T0 + DAY if broken else None)
    assert row.due_at == (T0 + DAY if broken else T0 + 4 * DAY)
    if not broken:
        assert row.shift == timedelta(0)


def test_a_shorter_promise_that_makes_it_overdue_is_one_entry_and_one_rung(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    applying.ask(policy=publish(2 * HOUR), now=T0 + HOUR)
    now = T0 + 5 * HOUR
    take_step(early, UNDO, by=boss, now=now)
    [broken] = early.events.filter(kind="deadline_breached", data__promise="response")
    assert (broken.occurred_at, broken.data["by_change"]) == (now, True)
    assert escalation_of(early, Promise.RESPONSE).entries.count() == 1


def test_another_tier_reaches_a_clock_that_runs_again(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, ACKNOWLEDGE, by=by, now=T0 + 5 * MIN)
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    Customer.objects.update(tier=Tier.KEY_ACCOUNT, tier_changed_at=T0 + 7 * MIN)
    applying.drain(lambda: T0 + 7 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    warnings = [rung for rung in clock(early, Promise.RESPONSE).ladder if rung["kind"] == "warning"]
    assert warnings[-1]["level"] == 1
    [event] = early.events.filter(kind="deadline_recomputed", data__promise="response")
    assert event.data["cause"] == "tier"


def test_a_year_that_became_known_meanwhile_is_followed_before_anything_rings(
    people: People, by: Actor, boss: Actor, customer: Customer
) -> None:
    calendar = Calendar.objects.create(name="Suzhou", time_zone="Asia/Shanghai", country="CN")
    for weekday in range(5):
        calendar.windows.create(weekday=weekday, opens=time(9), closes=time(18))
    calendar.years.create(year=2026, published_at=T0)
    editions.publish(calendar, now=T0)
    people.team.calendar = calendar
    people.team.save()
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.all().delete()
    given.unit, given.length = Unit.WORKING, 18 * HOUR
    given.save()
    eve = datetime.fromisoformat("2026-12-31T15:00+08:00")
    case = walk_to(Stage.CONFIRM, eve, by=by, customer=customer)
    other = walk_to(Stage.CONFIRM, eve, by=by, customer=customer)
    take_step(case, into(other), by=by, now=eve + HOUR)
    calendar.days.create(on="2027-01-01", name="New Year", windows=[])
    calendar.years.create(year=2027, published_at=eve + 2 * HOUR)
    editions.publish(calendar, now=eve + 2 * HOUR)
    assert clock(case, Promise.RESPONSE).is_provisional
    after_the_false_due = datetime.fromisoformat("2027-01-04T15:30+08:00")
    take_step(case, UNDO, by=boss, now=after_the_false_due)
    row = clock(case, Promise.RESPONSE)
    assert row.due_at == datetime.fromisoformat("2027-01-05T15:00+08:00")
    assert (row.is_provisional, row.breached_at) == (False, None)
