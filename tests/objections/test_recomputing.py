"""A running clock that is computed anew keeps its start, its pauses and what has become of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from customers.models import Tier
from objections import steps
from objections.actors import Actor
from objections.clockface import ClockState, face
from objections.deadlines import applying, previewing, replaying
from objections.deadlines.recomputing import recompute_case
from objections.deadlines.sweeping import sweep
from objections.locking import lock
from objections.models import (
    Allowance,
    Case,
    Deadline,
    Escalation,
    Notice,
    Pause,
    Policy,
    Recomputation,
)
from objections.services.stepping import take_steps
from objections.vocabulary import (
    Channel,
    EventKind,
    PauseReason,
    Promise,
    RecomputeCause,
    Stage,
    Unit,
    Urgency,
)
from tests.conftest import People
from tests.objections.record import clock
from tests.stories import ACKNOWLEDGE, DAY, HOUR, MIN, open_at, walk_to
from timekeeping import editions
from timekeeping.models import Calendar, CalendarDay, CalendarYear, Edition, WeeklyWindow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def replayed(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    """Whatever a test has done: the timelines rebuild the clocks, but where it has cheated."""
    yield
    if "tampered" not in request.fixturenames:
        for seen in replaying.verify(Case.objects.all()):
            assert seen.differences == []


@pytest.fixture
def tampered() -> None:
    """Says that a test writes rows that no timeline knows of."""


@pytest.fixture
def second(t0: datetime) -> Callable[..., Policy]:
    """Publish a second version with other lengths, as an administrator would."""

    def publish(**lengths: timedelta) -> Policy:
        old = Policy.objects.get(in_force=True)
        new = Policy.objects.create(name=old.name, version=old.version + 1)
        for row in list(old.allowances.prefetch_related("rungs")):
            rungs = list(row.rungs.all())
            row.pk, row.policy = None, new
            if row.promise in lengths and not row.kind and not row.urgency:
                row.length = lengths[row.promise]
            row.save()
            for rung in rungs:
                rung.pk, rung.allowance = None, row
                rung.save()
        Policy.objects.filter(pk=old.pk).update(in_force=False)
        Policy.objects.filter(pk=new.pk).update(in_force=True, published_at=t0)
        return Policy.objects.get(pk=new.pk)

    return publish


def drained(now: datetime) -> None:
    applying.drain(lambda: now)


def of_kind(case: Case, kind: EventKind) -> list[Any]:
    return list(case.events.filter(kind=kind).order_by("pk"))


# ── another urgency, tier or kind (item 11) ───────────────────────────────────────────


def make_crisis(case: Case, now: datetime) -> list[Deadline]:
    sweep(now=now)
    Case.objects.filter(pk=case.pk).update(urgency=Urgency.CRISIS)
    return recompute_case(lock(case), RecomputeCause.RECLASSIFIED, now=now)


def crisis_in(length: timedelta) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="response", urgency="crisis", length=length
    )


def test_item_11_the_new_due_moment_counts_from_the_original_start(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(6 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    make_crisis(case, t0 + 2 * HOUR)
    assert clock(case, Promise.RESPONSE).due_at == t0 + 6 * HOUR
    assert clock(case, Promise.RESPONSE).started_at == t0


def test_item_11_the_pauses_already_taken_are_added(by: Actor, customer: Any, t0: datetime) -> None:
    crisis_in(12 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 4 * HOUR)
    make_crisis(case, t0 + 5 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == t0 + 15 * HOUR
    assert deadline.allowance == 12 * HOUR


def test_item_11_a_clock_that_stands_still_keeps_standing_with_what_is_left(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(12 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    make_crisis(case, t0 + 2 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert (deadline.due_at, deadline.remaining) == (None, 11 * HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 3 * HOUR)
    assert clock(case, Promise.RESPONSE).due_at == t0 + 14 * HOUR


def test_item_11_kept_stays_kept_and_broken_stays_broken(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="acknowledgement", urgency="crisis", length=MIN
    )
    kept = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    before = clock(kept, Promise.ACKNOWLEDGEMENT)
    make_crisis(kept, t0 + HOUR)
    after = clock(kept, Promise.ACKNOWLEDGEMENT)
    assert (after.due_at, after.kept_at) == (before.due_at, before.kept_at)
    broken = open_at(t0, by=by, customer=customer)
    make_crisis(broken, t0 + 20 * MIN)
    late = clock(broken, Promise.ACKNOWLEDGEMENT)
    assert (late.due_at, late.breached_at) == (t0 + 15 * MIN, t0 + 15 * MIN)


def test_item_11_a_change_that_makes_it_overdue_is_one_entry_and_one_rung(
    by: Actor, customer: Any, people: People, t0: datetime
) -> None:
    crisis_in(HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    changed_at = t0 + 3 * HOUR
    make_crisis(case, changed_at)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == t0 + HOUR
    assert deadline.breached_at == changed_at
    [breach] = [e for e in of_kind(case, EventKind.DEADLINE_BREACHED)
                if e.data["promise"] == "response"]  # fmt: skip
    assert (breach.occurred_at, breach.data["by_change"]) == (changed_at, True)
    [entry] = Escalation.objects.get(deadline=deadline).entries.all()
    assert entry.level == 1
    assert people.supervisor.pk in entry.told
    sweep(now=changed_at + MIN)
    assert clock(case, Promise.RESPONSE).rung == deadline.rung


def test_a_warning_that_the_change_puts_into_the_past_is_not_given_late(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(4 * HOUR)
    given = Allowance.objects.get(promise="response", urgency="crisis")
    for percent in (-50, -10):
        given.rungs.create(percent=percent, level=0)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    make_crisis(case, t0 + 3 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    moments = [deadline.moment_of(index) for index in range(len(deadline.ladder))]
    assert moments == [t0 + 3 * HOUR + 36 * MIN, t0 + 4 * HOUR]
    assert deadline.alarm_at == moments[0]


def test_a_rung_that_rang_is_not_rung_again_by_a_shorter_promise(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(20 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    sweep(now=t0 + 18 * HOUR + MIN)
    assert clock(case, Promise.RESPONSE).rung == 1
    make_crisis(case, t0 + 19 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.rung == 1
    assert deadline.moment_of(0) == t0 + 18 * HOUR
    sweep(now=t0 + 20 * HOUR + MIN)
    rungs = [e.data["rung"] for e in of_kind(case, EventKind.DEADLINE_WARNED)
             if e.data["promise"] == "response"]  # fmt: skip
    assert rungs == [0]
    assert clock(case, Promise.RESPONSE).breached_at == t0 + 20 * HOUR


def test_a_clock_that_was_near_and_is_far_again_does_not_look_warned(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(3 * DAY)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    at = t0 + 19 * HOUR
    sweep(now=at)
    assert face(clock(case, Promise.RESPONSE), now=at).state == ClockState.WARNED
    make_crisis(case, at)
    seen = face(clock(case, Promise.RESPONSE), now=at)
    assert (seen.state, seen.remaining) == (ClockState.RUNNING, 2 * DAY + 5 * HOUR)


def test_what_has_its_own_due_time_is_moved_by_nobody(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    take_steps(
        case,
        [
            steps.Commit(what="The report", due_at=t0 + 5 * HOUR),
            steps.HandOver(question="Which alloy?", department="Lab", due_at=t0 + 5 * HOUR),
        ],
        by=by, now=t0 + 10 * MIN,
    )  # fmt: skip
    make_crisis(case, t0 + HOUR)
    for promise in (Promise.COMMITMENT, Promise.HAND_OVER):
        assert clock(case, promise).due_at == t0 + 5 * HOUR


def test_computed_twice_it_is_the_same_and_said_once(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(6 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    assert make_crisis(case, t0 + HOUR)
    said = len(of_kind(case, EventKind.DEADLINE_RECOMPUTED))
    assert recompute_case(lock(case), RecomputeCause.RECLASSIFIED, now=t0 + 2 * HOUR) == []
    assert len(of_kind(case, EventKind.DEADLINE_RECOMPUTED)) == said


def test_item_11_a_customer_who_becomes_a_key_account_has_shorter_clocks_at_once(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="response", tier=Tier.KEY_ACCOUNT, length=4 * HOUR
    )
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    customer.tier, customer.tier_changed_at = Tier.KEY_ACCOUNT, t0 + HOUR
    customer.save()
    drained(t0 + HOUR)
    assert clock(case, Promise.RESPONSE).due_at == t0 + 4 * HOUR
    customer.refresh_from_db()
    assert customer.tier_changed_at is None


# ── another policy (item 14) ──────────────────────────────────────────────────────────


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


# ── a year that is not known yet (item 7) ─────────────────────────────────────────────


@pytest.fixture
def china(people: People, t0: datetime) -> Calendar:
    """Weekdays nine to six; of its years only 2026 is known."""
    calendar = Calendar.objects.create(name="Suzhou", time_zone="Asia/Shanghai", country="CN")
    for weekday in range(5):
        WeeklyWindow.objects.create(
            calendar=calendar, weekday=weekday, opens=time(9), closes=time(18)
        )
    CalendarYear.objects.create(calendar=calendar, year=2026, published_at=t0)
    editions.publish(calendar, now=t0)
    people.team.calendar = calendar
    people.team.save()
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.all().delete()
    given.unit, given.length = Unit.WORKING, 18 * HOUR
    given.save()
    return calendar


NEW_YEAR_S_EVE = datetime.fromisoformat("2026-12-31T15:00+08:00")


def learn_2027(calendar: Calendar, now: datetime) -> None:
    CalendarDay.objects.create(calendar=calendar, on="2027-01-01", name="元旦", windows=[])
    CalendarYear.objects.create(calendar=calendar, year=2027, published_at=now)
    editions.publish(calendar, now=now)


def test_item_7_what_runs_into_an_unknown_year_is_provisional_and_follows_it(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = open_at(NEW_YEAR_S_EVE, by=by, customer=customer)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.is_provisional
    assert deadline.due_at == datetime.fromisoformat("2027-01-04T15:00+08:00")
    known_at = NEW_YEAR_S_EVE + HOUR
    learn_2027(china, known_at)
    drained(known_at)
    deadline = clock(case, Promise.RESPONSE)
    assert not deadline.is_provisional
    assert deadline.due_at == datetime.fromisoformat("2027-01-05T15:00+08:00")
    [event] = of_kind(case, EventKind.DEADLINE_RECOMPUTED)
    assert event.data["cause"] == RecomputeCause.CALENDAR
    drained(known_at + HOUR)
    assert Recomputation.objects.count() == 1


def test_item_7_a_breach_that_only_the_unknown_year_made_is_withdrawn(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = walk_to(Stage.CONFIRM, NEW_YEAR_S_EVE, by=by, customer=customer)
    late_at = datetime.fromisoformat("2027-01-04T15:01+08:00")
    sweep(now=late_at)
    assert clock(case, Promise.RESPONSE).breached_at is not None
    learn_2027(china, late_at)
    drained(late_at)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.breached_at is None
    assert deadline.due_at == datetime.fromisoformat("2027-01-05T15:00+08:00")
    assert not Escalation.objects.get(deadline=deadline).is_open
    assert len(of_kind(case, EventKind.BREACH_WITHDRAWN)) == 1
    sweep(now=datetime.fromisoformat("2027-01-05T15:01+08:00"))
    again = clock(case, Promise.RESPONSE)
    assert again.breached_at == again.due_at


def test_item_7_an_edition_that_moves_nothing_provisional_moves_nothing(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    before = clock(case, Promise.RESPONSE).due_at
    CalendarDay.objects.create(
        calendar=china, on="2026-03-03", name="Typhoon", windows=[], is_one_off=True
    )
    editions.publish(china, now=t0 + HOUR)
    drained(t0 + HOUR)
    assert clock(case, Promise.RESPONSE).due_at == before
    assert not of_kind(case, EventKind.DEADLINE_RECOMPUTED)


def test_item_7_a_clock_that_runs_again_later_follows_the_newest_edition(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = walk_to(Stage.CONFIRM, NEW_YEAR_S_EVE - 36 * HOUR, by=by, customer=customer)
    assert not clock(case, Promise.RESPONSE).is_provisional
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=NEW_YEAR_S_EVE - 4 * HOUR)
    learn_2027(china, NEW_YEAR_S_EVE - 3 * HOUR)
    drained(NEW_YEAR_S_EVE - 3 * HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=NEW_YEAR_S_EVE)
    assert clock(case, Promise.RESPONSE).is_provisional
    drained(NEW_YEAR_S_EVE)
    deadline = clock(case, Promise.RESPONSE)
    assert not deadline.is_provisional
    assert deadline.calendar is not None
    assert deadline.calendar.version == 2


def test_item_7_every_rung_rings_again_after_a_false_breach(
    by: Actor, customer: Any, china: Calendar
) -> None:
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    for offset, level in ((-2 * HOUR, 0), (HOUR, 2), (3 * HOUR, 3)):
        given.rungs.create(offset=offset, level=level)
    case = walk_to(Stage.CONFIRM, NEW_YEAR_S_EVE, by=by, customer=customer)
    false_due = datetime.fromisoformat("2027-01-04T15:00+08:00")
    at = false_due + HOUR + MIN
    sweep(now=at)
    assert clock(case, Promise.RESPONSE).rung == 3
    learn_2027(china, at)
    drained(at)
    deadline = clock(case, Promise.RESPONSE)
    coming = [deadline.moment_of(index) for index in range(deadline.rung, len(deadline.ladder))]
    true_due = datetime.fromisoformat("2027-01-05T15:00+08:00")
    assert coming == [
        true_due - 2 * HOUR, true_due, true_due + HOUR, true_due + 3 * HOUR,
    ]  # fmt: skip
    assert deadline.shift == timedelta(0)


def test_two_editions_at_once_lead_to_the_newer_one(
    by: Actor, customer: Any, china: Calendar
) -> None:
    case = open_at(NEW_YEAR_S_EVE, by=by, customer=customer)
    learn_2027(china, NEW_YEAR_S_EVE)
    CalendarDay.objects.create(calendar=china, on="2027-01-04", name="Typhoon", windows=[])
    editions.publish(china, now=NEW_YEAR_S_EVE)
    drained(NEW_YEAR_S_EVE)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == datetime.fromisoformat("2027-01-06T15:00+08:00")
    assert deadline.calendar is not None
    assert deadline.calendar.version == 3


def test_hours_that_never_last_so_long_lose_no_case(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    edition = editions.edition_for(china)
    content = edition.content | {"weekly": [[] for _ in range(7)]}
    content["days"] = {"2026-03-03": [["09:00", "10:00"]]}
    Edition.objects.create(calendar=china, version=9, recorded_at=t0, content=content)
    deadline = clock(open_at(t0, by=by, customer=customer), Promise.RESPONSE)
    assert deadline.is_provisional
    assert deadline.due_at == t0 + 18 * HOUR
    days = Allowance.objects.get(promise="response", kind="", urgency="")
    days.unit, days.length, days.days = Unit.DAYS, None, 2
    days.save()
    deadline = clock(open_at(t0, by=by, customer=customer), Promise.RESPONSE)
    assert (deadline.is_provisional, deadline.due_at) == (True, t0 + 2 * DAY)


# ── what stands still, and what stands in the way ─────────────────────────────────────


def test_item_11_a_pause_does_not_forgive_what_the_change_makes_overdue(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(4 * HOUR)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + 10 * HOUR)
    make_crisis(case, t0 + 11 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert (deadline.paused_at, deadline.due_at) == (None, t0 + 4 * HOUR)
    assert deadline.breached_at == t0 + 11 * HOUR
    assert Pause.objects.get().resumed_at == t0 + 10 * HOUR


def test_item_11_a_paused_clock_keeps_the_warnings_that_lie_ahead_of_it(
    by: Actor, customer: Any, t0: datetime
) -> None:
    crisis_in(12 * HOUR)
    given = Allowance.objects.get(promise="response", urgency="crisis")
    given.rungs.create(offset=-6 * HOUR, level=0)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    make_crisis(case, t0 + 8 * HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 8 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == t0 + 19 * HOUR
    assert deadline.moment_of(0) == t0 + 13 * HOUR


def test_item_11_a_proof_from_before_the_change_counts_by_what_was_promised_then(
    by: Actor, customer: Any, t0: datetime
) -> None:
    Allowance.objects.create(
        policy=Policy.objects.get(), promise="acknowledgement", urgency="crisis", length=MIN
    )
    early, late = (open_at(t0, by=by, customer=customer) for _ in range(2))
    for case in (early, late):
        make_crisis(case, t0 + 10 * MIN)
        assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 + 10 * MIN
    for case, at in ((early, t0 + 9 * MIN), (late, t0 + 11 * MIN)):
        take_steps(case, [replace(ACKNOWLEDGE, at=at)], by=by, now=t0 + 13 * MIN)
    assert clock(early, Promise.ACKNOWLEDGEMENT).kept_at == t0 + 9 * MIN
    assert clock(late, Promise.ACKNOWLEDGEMENT).answered_late_at == t0 + 11 * MIN


def test_a_share_of_the_allowance_is_counted_without_the_pauses(
    by: Actor, customer: Any, t0: datetime
) -> None:
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.all().delete()
    given.rungs.create(percent=-50, level=0)
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 + HOUR)
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=t0 + 5 * HOUR)
    make_crisis(case, t0 + 6 * HOUR)
    assert clock(case, Promise.RESPONSE).moment_of(0) == t0 + 16 * HOUR
    recomputed = of_kind(case, EventKind.DEADLINE_RECOMPUTED)
    assert "response" not in [event.data["promise"] for event in recomputed]


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


# ── pauses in working time ────────────────────────────────────────────────────────────


def test_item_10_a_working_clock_has_as_much_left_after_a_pause_as_before(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0 - 8 * HOUR, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    at = t0 - 3 * HOUR + timedelta(microseconds=7)
    take_steps(case, [pause], by=by, now=at)
    left = 13 * HOUR - timedelta(microseconds=7)
    assert clock(case, Promise.RESPONSE).remaining == left
    take_steps(case, [steps.Resume(promise=Promise.RESPONSE)], by=by, now=at + 4 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == datetime.fromisoformat("2026-03-04T12:59:59.999993+08:00")
    message = steps.ReceiveMessage(channel=Channel.CHAT, message="Well?")
    take_steps(case, [message], by=by, now=t0 + DAY)
    assert clock(case, Promise.CUSTOMER_MESSAGE).unit == Unit.WORKING


def test_item_10_a_working_clock_resumes_by_itself_with_its_rungs_laid_out_anew(
    by: Actor, customer: Any, china: Calendar, t0: datetime
) -> None:
    given = Allowance.objects.get(promise="response", kind="", urgency="")
    given.rungs.create(offset=-2 * HOUR, level=0)
    case = walk_to(Stage.CONFIRM, t0 - 8 * HOUR, by=by, customer=customer)
    pause = steps.Pause(promise=Promise.RESPONSE, reason=PauseReason.CUSTOMER, evidence="Mail 7")
    take_steps(case, [pause], by=by, now=t0 - 3 * HOUR)
    sweep(now=t0 + 8 * HOUR)
    deadline = clock(case, Promise.RESPONSE)
    assert deadline.due_at == datetime.fromisoformat("2026-03-04T13:00+08:00")
    assert deadline.moment_of(0) == datetime.fromisoformat("2026-03-04T11:00+08:00")
    assert deadline.alarm_at == deadline.moment_of(0)
