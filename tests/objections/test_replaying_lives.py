"""Random lives with all that moves clocks: the timeline alone rebuilds every row of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from accounts.models import Absence
from customers.models import Customer, Tier
from objections import lifecycle, steps
from objections.actors import CUSTOMER, Actor
from objections.deadlines import applying, replaying
from objections.deadlines.sweeping import ring_case, sweep
from objections.errors import Refused
from objections.locking import lock
from objections.models import Allowance, Case, CaseEvent, Deadline, Policy
from objections.services.records import withdraw_proof
from objections.services.stepping import take_step
from objections.steps import Step
from objections.vocabulary import (
    Action,
    Channel,
    ClockMode,
    EventKind,
    Kind,
    PauseReason,
    Stage,
    Unit,
    Urgency,
)
from tests.conftest import T0, People
from tests.objections.test_life_stories import BESIDES, FORWARD, Life, Turn
from tests.stories import DAY, HOUR, MIN, TELL, open_at, walk_to
from timekeeping import editions
from timekeeping.models import Calendar, CalendarDay, CalendarYear

pytestmark = pytest.mark.django_db

DEEDS = (
    "go forward", "go forward", "go forward", "go forward", "go forward", "walk on", "walk on",
    "walk on", "walk on", "walk on", "walk on", "walk on", "walk on", "reclassify", "publish",
    "change tier", "publish year", "merge into other", "take other in", "undo", "go away",
    "come back", "pause", "pause", "resume", "take", "bounce", "confirm late", "link", "unlink",
    "hear the customer", "hear the customer",
)  # fmt: skip
TURNS = 40
GAPS = (timedelta(0), MIN, 9 * MIN, 16 * MIN, HOUR, 3 * HOUR, 8 * HOUR, DAY)


def differences(*cases: Case) -> list[replaying.Difference]:
    chosen = Case.objects.filter(pk__in=[case.pk for case in cases])
    return [one for verified in replaying.verify(chosen) for one in verified.differences]


def furnish() -> None:
    """Let some promises count working time or days, and remind."""
    rows = Allowance.objects.filter(policy__in_force=True)
    rows.filter(promise="response").update(
        unit=Unit.WORKING, length=12 * HOUR, remind_every=2 * HOUR, remind_at_most=3
    )
    rows.filter(promise="follow_up").update(unit=Unit.DAYS, days=2, length=None)
    rows.filter(promise="acknowledgement").update(remind_every=20 * MIN, remind_at_most=2)


def publish_policy(length: timedelta, now: datetime, *, with_alerts: bool) -> None:
    old = Policy.objects.get(in_force=True)
    new = Policy.objects.create(name=old.name, version=old.version + 1)
    for row in list(old.allowances.prefetch_related("rungs")):
        rungs = list(row.rungs.all())
        row.pk, row.policy = None, new
        if row.promise == "response":
            row.length = length
        row.save()
        for rung in rungs:
            rung.pk, rung.allowance = None, row
            rung.save()
    Policy.objects.filter(pk=old.pk).update(in_force=False)
    Policy.objects.filter(pk=new.pk).update(in_force=True, published_at=now)
    applying.ask(policy=Policy.objects.get(pk=new.pk), with_alerts=with_alerts, now=now)
    applying.drain(lambda: now)


class BusyLife(Life):
    """A life in which everything happens that moves clocks, beside another case."""

    def __init__(self, people: People, customer: Customer, mode: ClockMode) -> None:
        super().__init__(people, customer, Kind.COMPLAINT, Urgency.NORMAL)
        if mode is not ClockMode.LIVE:
            self.case = open_at(T0, by=self.by, customer=customer, clock_mode=mode)
        self.customer, self.boss = customer, Actor.person(people.supervisor)
        self.other = open_at(T0 + MIN, by=self.by, customer=customer, clock_mode=mode)

    def turn(self, turn: Turn, now: datetime) -> None:
        deed = DEEDS[turn.pick % len(DEEDS)]
        turn = replace(turn, pick=turn.pick // len(DEEDS))
        if deed in ("walk on", "go forward"):
            super().turn(self._going(turn, deed), now)
            return
        try:
            getattr(self, f"_{deed.replace(' ', '_')}")(*self._given(deed, turn), now)
        except Refused:
            self.answers.append(f"{deed} refused")
        else:
            self.answers.append(deed)
        self.case.refresh_from_db()
        self.other.refresh_from_db()

    def _going(self, turn: Turn, deed: str) -> Turn:
        """Choose the step: the one that leads on, or any that does not end the case at once."""
        stage = Stage(self.case.stage)
        ahead = FORWARD.get(stage, ())
        if deed == "go forward" and ahead:
            return replace(turn, pick=turn.pick % len(ahead))
        possible = [*ahead, *lifecycle.allowed(stage), *BESIDES]
        ends = possible[turn.pick % len(possible)] is Action.WITHDRAW
        return replace(turn, pick=turn.pick + 1) if ends else turn

    def _given(self, deed: str, turn: Turn) -> tuple[Turn, ...]:
        return () if deed in ("take", "bounce", "confirm late") else (turn,)

    def _reclassify(self, turn: Turn, now: datetime) -> None:
        urgency = list(Urgency)[turn.pick % 3]
        kind = [Kind.COMPLAINT, Kind.INQUIRY, Kind.THANKS][turn.pick % 7 % 3]
        step = steps.Reclassify(kind=kind, urgency=urgency, reason="Not as thought")
        take_step(self.case, step, by=self.boss, now=now)

    def _publish(self, turn: Turn, now: datetime) -> None:
        length = [3 * HOUR, 9 * HOUR, 30 * HOUR][turn.pick % 3]
        publish_policy(length, now, with_alerts=turn.by_mail)

    def _change_tier(self, turn: Turn, now: datetime) -> None:
        tier = Tier.STANDARD if self.customer.is_key_account else Tier.KEY_ACCOUNT
        self.customer.tier, self.customer.tier_changed_at = tier, now
        self.customer.save()
        applying.drain(lambda: now)

    def _publish_year(self, turn: Turn, now: datetime) -> None:
        calendar = Calendar.objects.get(is_default=True)
        year = 2026 + CalendarYear.objects.filter(calendar=calendar).count()
        CalendarYear.objects.create(calendar=calendar, year=year, published_at=now)
        off = date(2026, 3, 3) + timedelta(days=turn.pick % 9)
        CalendarDay.objects.get_or_create(calendar=calendar, on=off, is_one_off=turn.by_mail)
        editions.publish(calendar, now=now)
        applying.drain(lambda: now)

    def _merge_into_other(self, turn: Turn, now: datetime) -> None:
        step = steps.Merge(into=self.other.reference, reason="The same")
        take_step(self.case, step, by=self.boss, now=now)

    def _take_other_in(self, turn: Turn, now: datetime) -> None:
        step = steps.Merge(into=self.case.reference, reason="The same")
        take_step(self.other, step, by=self.boss, now=now)

    def _undo(self, turn: Turn, now: datetime) -> None:
        merged = self.case if self.case.stage == Stage.MERGED else self.other
        take_step(merged, steps.Unmerge(reason="Another one"), by=self.boss, now=now)

    def _go_away(self, turn: Turn, now: datetime) -> None:
        Absence.objects.create(
            user=self.people.supervisor, begins_at=now, ends_at=now + 3 * DAY,
            stand_in=self.people.colleague,
        )  # fmt: skip

    def _come_back(self, turn: Turn, now: datetime) -> None:
        Absence.objects.all().delete()

    def _link(self, turn: Turn, now: datetime) -> None:
        step = steps.LinkRecurrence(of=self.other.reference)
        take_step(self.case, step, by=self.by, now=now)

    def _unlink(self, turn: Turn, now: datetime) -> None:
        take_step(self.case, steps.UnlinkRecurrence(reason="Another one"), by=self.by, now=now)

    def _hear_the_customer(self, turn: Turn, now: datetime) -> None:
        """The customer themselves, on their page: what calls somebody, and what closes."""
        said: list[Step] = [
            steps.Protest(channel=Channel.WEB, message="No"),
            steps.NotSatisfied(channel=Channel.WEB, still_open="It drips"),
            steps.Reopen(reason="Again"),
            steps.GiveVerdict(channel=Channel.WEB, score=4),
            steps.CloseSatisfied(channel=Channel.WEB, score=5),
        ]
        possible = [one for one in said if one.action in lifecycle.allowed(Stage(self.case.stage))]
        if possible:
            step = possible[turn.pick % len(possible)]
            take_step(self.case, step, by=CUSTOMER, now=now)

    def _pause(self, turn: Turn, now: datetime) -> None:
        until = now + [30 * MIN, 3 * HOUR, 8 * HOUR][turn.pick % 3]
        step = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail 7", resume_at=until)
        take_step(self.case, step, by=self.by, now=now)

    def _resume(self, turn: Turn, now: datetime) -> None:
        take_step(self.case, steps.Resume(), by=self.by, now=now)


def lived(life: BusyLife, turns: Sequence[Turn], sweeps: Sequence[datetime]) -> None:
    """Let it live, and compare after everything that happens."""
    moments: list[tuple[datetime, int, Turn | None]] = [(at, 1, None) for at in sweeps]
    now = T0 + MIN
    for turn in turns:
        now += turn.gap
        moments.append((now, 0, turn))
    moments.append((now + 40 * DAY, 1, None))
    for at, _order, turned in sorted(moments, key=lambda moment: moment[:2]):
        if turned is None:
            sweep(now=at)
        else:
            life.turn(turned, at)
        assert differences(life.case, life.other) == [], life.answers


def drawn(chance: Random) -> list[Turn]:
    return [
        Turn(
            gap=chance.choice(GAPS),
            pick=chance.randrange(10**6),
            late=chance.choice([timedelta(0)] * 4 + [MIN, 11 * MIN, HOUR]),
            by_mail=chance.random() < 0.5,
        )
        for _number in range(TURNS)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_item_21_random_lives_are_rebuilt_from_their_timelines(
    seed: int, people: People, customer: Any
) -> None:
    furnish()
    chance = Random(seed)
    mode = chance.choice([ClockMode.LIVE] * 6 + [ClockMode.OBSERVE, ClockMode.HISTORICAL])
    sweeps = [T0 + chance.randrange(12 * 24 * 60) * MIN for _number in range(10)]
    lived(BusyLife(people, customer, mode), drawn(chance), sweeps)


# Lives that meet, one by one, what chance may miss


def busy(people: People, customer: Any) -> BusyLife:
    furnish()
    return BusyLife(people, customer, ClockMode.LIVE)


def kinds(case: Case) -> set[str]:
    return set(CaseEvent.objects.filter(case=case).values_list("kind", flat=True))


def turn(pick: int = 0, *, by_mail: bool = False) -> Turn:
    return Turn(gap=MIN, pick=pick, late=timedelta(0), by_mail=by_mail)


def test_item_21_reminders_takes_and_lapses_are_rebuilt(people: People, customer: Any) -> None:
    life = busy(people, customer)
    life._go_away(turn(), T0)
    sweep(now=T0 + 50 * MIN)
    life._take(T0 + 51 * MIN)
    assert differences(life.case) == []
    sweep(now=T0 + 3 * HOUR)
    assert differences(life.case) == []
    assert kinds(life.case) >= {
        EventKind.ESCALATION_REMINDED, EventKind.ESCALATION_TAKEN, EventKind.ESCALATION_LAPSED,
    }  # fmt: skip


def test_item_21_a_pause_over_a_night_of_working_time_is_rebuilt(
    people: People, customer: Any
) -> None:
    life = busy(people, customer)
    walk = walk_to(Stage.CONFIRM, T0, by=life.by, customer=customer)
    life.case = walk
    life._pause(turn(2), T0 + 10 * HOUR)
    assert differences(life.case) == []
    sweep(now=T0 + 20 * HOUR)
    response = Deadline.objects.get(case=life.case, promise="response")
    assert response.pauses.get().resumed_at is not None
    assert differences(life.case) == []


@pytest.mark.parametrize("with_alerts", [True, False])
def test_item_21_a_change_that_breaks_a_promise_is_rebuilt(
    people: People, customer: Any, with_alerts: bool
) -> None:
    life = busy(people, customer)
    life._publish_year(turn(8), T0 + HOUR)
    at = T0 + 2 * DAY
    assert differences(life.case) == []
    publish_policy(HOUR, T0 + DAY - HOUR, with_alerts=with_alerts)
    breach = CaseEvent.objects.get(
        case=life.case, kind=EventKind.DEADLINE_BREACHED, data__by_change=True
    )
    assert breach.data["silent"] is not with_alerts
    sweep(now=at)
    assert differences(life.case) == []


def test_item_21_a_merge_and_its_undoing_are_rebuilt_on_both_sides(
    people: People, customer: Any
) -> None:
    life = busy(people, customer)
    sweep(now=T0 + 20 * MIN)
    life._merge_into_other(turn(), T0 + 30 * MIN)
    assert differences(life.case, life.other) == []
    life.case.refresh_from_db()
    life._undo(turn(), T0 + 4 * HOUR)
    sweep(now=T0 + 3 * DAY)
    assert differences(life.case, life.other) == []
    assert kinds(life.case) >= {EventKind.DEADLINE_MERGED, EventKind.DEADLINE_REVIVED}


def test_item_21_thanks_that_turn_out_to_be_a_complaint_are_rebuilt(
    people: People, customer: Any
) -> None:
    life = busy(people, customer)
    ring_case(lock(life.case), now=T0 + 4 * DAY)
    for number, kind in enumerate((Kind.THANKS, Kind.COMPLAINT)):
        step = steps.Reclassify(kind=kind, reason="Not as thought")
        take_step(life.case, step, by=life.boss, now=T0 + (4 + number) * DAY)
        assert differences(life.case) == []
    sweep(now=T0 + 9 * DAY)
    assert differences(life.case) == []


def test_item_7_an_earlier_round_that_was_in_time_after_all_is_kept_while_the_next_runs(
    people: People, customer: Any
) -> None:
    furnish()
    by = Actor.person(people.engineer)
    life = BusyLife(people, customer, ClockMode.LIVE)
    life.case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_step(life.case, TELL, by=by, now=T0 + 50 * HOUR)
    no = steps.RejectSolution(channel=Channel.PHONE, reason="Too slow")
    take_step(life.case, no, by=by, now=T0 + 51 * HOUR)
    first = Deadline.objects.get(case=life.case, promise="response", cycle=1)
    assert first.answered_late_at == T0 + 50 * HOUR
    life._publish_year(turn(0), T0 + 52 * HOUR)  # the Tuesday between was no working day
    first.refresh_from_db()
    assert (first.kept_at, first.breached_at) == (T0 + 50 * HOUR, None)
    recomputed = CaseEvent.objects.filter(
        case=life.case, kind=EventKind.DEADLINE_RECOMPUTED, data__deadline=first.pk
    ).get()
    assert recomputed.recorded_at == T0 + 52 * HOUR
    assert differences(life.case) == []


def test_item_21_a_promise_moved_by_a_mail_that_never_arrived_is_rebuilt(
    people: People, customer: Any
) -> None:
    life = busy(people, customer)
    promise = steps.Commit(what="A seal", due_at=T0 + 5 * HOUR)
    take_step(life.case, promise, by=life.by, now=T0 + MIN)
    later = steps.ReagreeCommitment(
        commitment=1, due_at=T0 + DAY, message="Tomorrow", channel=Channel.EMAIL,
        to="zhoumin@hengyuan.example",
    )  # fmt: skip
    take_step(life.case, later, by=life.by, now=T0 + HOUR)
    assert differences(life.case) == []
    record = life.case.contact_records.get(mail__isnull=False)
    withdraw_proof(record, failure="550", now=T0 + 2 * HOUR)
    assert Deadline.objects.running().get(case=life.case, promise="commitment").due_at == (
        T0 + 5 * HOUR
    )
    assert differences(life.case) == []
    sweep(now=T0 + 3 * DAY)
    assert differences(life.case) == []
