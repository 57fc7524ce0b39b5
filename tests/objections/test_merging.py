"""A case merged into another one: what ends, what the survivor keeps, and how it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Team
from customers.models import Customer
from objections import permissions, steps
from objections.actors import Actor
from objections.deadlines import replaying
from objections.deadlines.sweeping import sweep
from objections.errors import DemandUnmet, FieldInvalid, NotPermitted, StaleVersion, StepRefused
from objections.models import Case, CaseEvent, Deadline, Escalation, Notice
from objections.services import merging
from objections.services.stepping import lock, take_step, take_steps
from objections.vocabulary import (
    Channel,
    ClockMode,
    PauseReason,
    Promise,
    Sensitivity,
    Stage,
)
from tests.conftest import T0, People
from tests.objections.record import clock, escalation_of, events, missing, refused, states
from tests.objections.test_races import at_once
from tests.stories import (
    ACKNOWLEDGE,
    ATTEMPT,
    DAY,
    HOUR,
    MIN,
    NOT_SATISFIED,
    TELL,
    open_at,
    walk_to,
)

pytestmark = pytest.mark.django_db
UNDO = steps.Unmerge(reason="Two pumps after all")


def into(case: Case) -> steps.Merge:
    return steps.Merge(into=case.reference, reason="The same pump")


@pytest.fixture(autouse=True)
def the_timeline_rebuilds_every_clock(people: People) -> Iterator[None]:
    """After each test the rows are what the timeline alone says."""
    yield
    verified = replaying.verify(Case.objects.all())
    assert [one for found in verified for one in found.differences] == []


@pytest.fixture
def two(by: Actor, customer: Customer) -> tuple[Case, Case]:
    """The earlier case, and the later one that is to stay."""
    early = open_at(T0, by=by, customer=customer)
    return early, open_at(T0 + 5 * MIN, by=by, customer=customer)


# ── merging ───────────────────────────────────────────────────────────────────────────


def test_item_13_clocks_of_the_merged_case_end_as_merged_and_never_alert(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    assert (early.stage, early.closed_at) == (Stage.MERGED, T0 + 6 * MIN)
    assert (early.merged_into, early.merged_at) == (late, T0 + 6 * MIN)
    assert early.merged_from == Stage.LISTEN
    assert states(early) == {"acknowledgement 1": "merged", "response 1": "merged"}
    sweep(now=T0 + 9 * DAY)
    assert not events(early, "deadline_warned", "deadline_breached")
    assert not Notice.objects.filter(case=early, kind__in=["warned", "escalated"]).exists()
    assert not Deadline.objects.filter(case=early, alarm_at__isnull=False).exists()


def test_item_13_the_survivor_keeps_the_earliest_start(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    acknowledgement, response = clock(late, Promise.ACKNOWLEDGEMENT), clock(late, Promise.RESPONSE)
    assert (acknowledgement.started_at, acknowledgement.due_at) == (T0, T0 + 15 * MIN)
    assert (response.started_at, response.due_at) == (T0, T0 + DAY)
    sweep(now=T0 + 16 * MIN)
    assert ("deadline_breached", T0 + 15 * MIN) in events(late)


def test_item_13_a_survivor_that_is_the_earlier_one_keeps_its_own_start(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    take_step(late, into(early), by=by, now=T0 + 6 * MIN)
    assert clock(early, Promise.RESPONSE).started_at == T0
    assert not events(early, "deadline_recomputed")


def test_item_13_a_clock_that_the_earlier_start_makes_overdue_is_one_entry_and_one_rung(
    by: Actor, customer: Customer
) -> None:
    old = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    new = walk_to(Stage.CONFIRM, T0 + 30 * HOUR, by=by, customer=customer)
    now = T0 + 31 * HOUR
    take_step(old, into(new), by=by, now=now)
    response = clock(new, Promise.RESPONSE)
    assert (response.started_at, response.due_at, response.breached_at) == (T0, T0 + DAY, now)
    [broken] = new.events.filter(kind="deadline_breached", data__promise="response")
    assert (broken.occurred_at, broken.data["by_change"]) == (now, True)
    [entry] = escalation_of(new, Promise.RESPONSE).entries.all()
    assert entry.level == 1
    assert sweep(now=now) == 0


def test_item_13_kept_stays_kept_and_broken_stays_broken_on_the_survivor(
    by: Actor, customer: Customer
) -> None:
    old = open_at(T0, by=by, customer=customer)
    kept = walk_to(Stage.CONFIRM, T0 + HOUR, by=by, customer=customer)
    before = clock(kept, Promise.ACKNOWLEDGEMENT)
    take_step(old, into(kept), by=by, now=T0 + 2 * HOUR)
    after = clock(kept, Promise.ACKNOWLEDGEMENT)
    assert (after.kept_at, after.started_at) == (before.kept_at, T0 + HOUR)
    other, broken = (open_at(at, by=by, customer=customer) for at in (T0, T0 + HOUR))
    take_step(other, into(broken), by=by, now=T0 + 2 * HOUR)
    late = clock(broken, Promise.ACKNOWLEDGEMENT)
    assert (late.breached_at, late.started_at) == (T0 + 75 * MIN, T0 + HOUR)


def test_a_promise_of_the_merged_case_that_was_broken_stays_broken(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 16 * MIN)
    assert states(early)["acknowledgement 1"] == "breached"
    assert clock(early, Promise.ACKNOWLEDGEMENT).breached_at == T0 + 15 * MIN
    assert not early.escalations.filter(closed_at=None).exists()


def test_both_timelines_say_what_became_of_the_other(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    version = late.version
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    [merged] = early.events.filter(kind="merged")
    [absorbed] = late.events.filter(kind="absorbed")
    assert (merged.data["reference"], merged.data["words"]) == (late.reference, "The same pump")
    assert (absorbed.data["reference"], absorbed.user) == (early.reference, by.user)
    late.refresh_from_db()
    assert late.version == version + 1
    assert list(late.absorbed.all()) == [early]


def test_what_was_escalated_without_a_clock_closes_with_the_merge(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    again = [NOT_SATISFIED, TELL, steps.CarryOut(proof="Seen"), NOT_SATISFIED]
    take_steps(case, again, by=by, now=T0 + HOUR)
    other = open_at(T0 + HOUR, by=by, customer=customer)
    assert case.escalations.filter(reason="persistent", closed_at=None).exists()
    take_step(case, into(other), by=by, now=T0 + 2 * HOUR)
    assert not case.escalations.filter(closed_at=None).exists()


def test_questions_to_departments_are_void_with_the_merge_and_open_again_after_it(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_step(case, steps.HandOver(question="Which alloy?", department="Lab"), by=by, now=T0 + HOUR)
    due_at = clock(case, Promise.HAND_OVER).due_at
    other = open_at(T0 + HOUR, by=by, customer=customer)
    take_step(case, into(other), by=by, now=T0 + 2 * HOUR)
    assert not case.hand_overs.get().is_open
    assert clock(case, Promise.HAND_OVER).ended_as == "merged"
    take_step(case, UNDO, by=boss, now=T0 + 3 * HOUR)
    assert case.hand_overs.get().is_open
    assert clock(case, Promise.HAND_OVER).due_at == due_at
    take_step(case, steps.AnswerHandOver(hand_over=1, answer="1.4571"), by=by, now=T0 + 3 * HOUR)


# ── what a merge demands ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reference", ["CT-1999-000001", "nonsense", "CT-2026"])
def test_a_survivor_that_nobody_knows_is_refused(
    reference: str, two: tuple[Case, Case], by: Actor
) -> None:
    step = steps.Merge(into=reference, reason="x")
    with refused(DemandUnmet) as found:
        take_step(two[0], step, by=by, now=T0 + 6 * MIN)
    assert missing(found) == [("survivor_known", "into")]


def test_a_survivor_that_does_not_exist_for_the_person_is_refused_as_unknown(
    people: People, by: Actor, customer: Customer
) -> None:
    hidden = open_at(
        T0, by=Actor.person(people.colleague), customer=customer, handler=people.colleague,
        sensitivity=Sensitivity.RESTRICTED,
    )  # fmt: skip
    case = open_at(T0, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_step(case, into(hidden), by=by, now=T0 + MIN)
    assert missing(found) == [("survivor_known", "into")]


def test_a_case_is_not_merged_into_itself(two: tuple[Case, Case], by: Actor) -> None:
    with refused(DemandUnmet) as found:
        take_step(two[0], into(two[0]), by=by, now=T0 + 6 * MIN)
    assert missing(found) == [("survivor_other", "into")]


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.WITHDRAWN])
def test_a_survivor_that_has_ended_is_refused(stage: Stage, by: Actor, customer: Customer) -> None:
    ended = walk_to(stage, T0, by=by, customer=customer)
    case = open_at(T0 + HOUR, by=by, customer=customer)
    with refused(DemandUnmet) as found:
        take_step(case, into(ended), by=by, now=T0 + HOUR)
    assert missing(found) == [("survivor_open", "into")]


def test_a_survivor_that_was_itself_merged_is_refused(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    third = open_at(T0 + 5 * MIN, by=by, customer=early.customer)
    take_step(late, into(early), by=by, now=T0 + 6 * MIN)
    with refused(DemandUnmet) as found:
        take_step(third, into(late), by=by, now=T0 + 7 * MIN)
    assert missing(found) == [("survivor_open", "into")]


def test_another_customers_case_takes_it_in_only_by_a_supervisors_hand(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    theirs = open_at(T0, by=by, customer=Customer.objects.create(name="Hengyuan Chem. Ltd"))
    with refused(DemandUnmet) as found:
        take_step(case, into(theirs), by=by, now=T0 + MIN)
    assert missing(found) == [("survivor_customer", "into")]
    take_step(case, into(theirs), by=boss, now=T0 + MIN)
    assert case.merged_into == theirs


def test_another_teams_case_is_not_ours_to_merge_into(
    people: People, by: Actor, customer: Customer
) -> None:
    case = open_at(T0, by=by, customer=customer)
    theirs = open_at(
        T0, by=Actor.person(people.stranger), customer=customer,
        team=Team.objects.get(slug="bikes"),
    )  # fmt: skip
    with refused(DemandUnmet) as found:
        take_step(case, into(theirs), by=by, now=T0 + MIN)
    assert missing(found) == [("survivor_team", "into")]


@pytest.mark.parametrize("mode", [ClockMode.HISTORICAL, ClockMode.OBSERVE])
def test_a_live_case_and_one_whose_clocks_do_not_ring_are_not_mixed(
    mode: ClockMode, by: Actor, customer: Customer
) -> None:
    live = open_at(T0, by=by, customer=customer)
    other = open_at(T0, by=by, customer=customer, clock_mode=mode)
    for case, survivor in ((live, other), (other, live)):
        with refused(DemandUnmet) as found:
            take_step(case, into(survivor), by=by, now=T0 + MIN)
        assert missing(found) == [("survivor_clocks", "into")]


def test_a_promise_to_the_customer_does_not_vanish_with_a_merge(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    promise = steps.Commit(what="A new seal at your gate", due_at=T0 + DAY)
    take_step(early, promise, by=by, now=T0 + 6 * MIN)
    with refused(DemandUnmet) as found:
        take_step(early, into(late), by=by, now=T0 + 7 * MIN)
    assert missing(found) == [("merge_commitment", "")]
    assert "A new seal at your gate" in found.value.missing[0].sentence
    kept = steps.KeepCommitment(commitment=1, proof="Receipt")
    take_steps(early, [kept, into(late)], by=by, now=T0 + 8 * MIN)
    assert early.stage == Stage.MERGED


def test_what_the_customer_wrote_does_not_vanish_with_a_merge(
    two: tuple[Case, Case], by: Actor
) -> None:
    early, late = two
    wrote = steps.ReceiveMessage(channel=Channel.CHAT, message="When do you come?")
    take_step(early, wrote, by=by, now=T0 + 6 * MIN)
    with refused(DemandUnmet) as found:
        take_step(early, into(late), by=by, now=T0 + 7 * MIN)
    assert missing(found) == [("merge_message", "")]
    reply = steps.Reply(channel=Channel.PHONE, message="At three.")
    take_steps(early, [reply, into(late)], by=by, now=T0 + 8 * MIN)
    assert early.stage == Stage.MERGED


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.WITHDRAWN])
def test_a_case_that_has_ended_is_not_merged(stage: Stage, by: Actor, customer: Customer) -> None:
    ended = walk_to(stage, T0, by=by, customer=customer)
    other = open_at(T0 + HOUR, by=by, customer=customer)
    with refused(StepRefused):
        take_step(ended, into(other), by=by, now=T0 + HOUR)


def test_a_merge_is_not_dated_back(two: tuple[Case, Case], by: Actor) -> None:
    early, late = two
    step = steps.Merge(into=late.reference, reason="x", at=T0 + 6 * MIN)
    with refused(FieldInvalid) as found:
        take_step(early, step, by=by, now=T0 + 20 * MIN)
    assert (found.value.field, found.value.code) == ("at", "at_once")
    take_step(early, step, by=by, now=T0 + 8 * MIN)
    assert early.merged_at == T0 + 8 * MIN


@pytest.mark.parametrize("name", ["into", "reason"])
def test_a_merge_says_into_which_case_and_why(name: str, two: tuple[Case, Case], by: Actor) -> None:
    given: dict[str, Any] = {"into": two[1].reference, "reason": "x", name: "  "}
    with refused(FieldInvalid) as found:
        take_step(two[0], steps.Merge(**given), by=by, now=T0 + 6 * MIN)
    assert found.value.field == name


def test_a_program_merges_cases_too_but_does_not_undo_it(
    two: tuple[Case, Case], by: Actor, crm: Any, people: People
) -> None:
    early, late = two
    take_step(early, into(late), by=Actor.program(crm), now=T0 + 6 * MIN)
    assert early.stage == Stage.MERGED
    for actor in (Actor.program(crm), Actor.program(crm, person=people.supervisor)):
        with refused(NotPermitted):
            take_step(early, UNDO, by=actor, now=T0 + 7 * MIN)


# ── undoing it ────────────────────────────────────────────────────────────────────────


def test_item_13_undone_the_clocks_run_again_with_their_former_due_moments(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    assert (early.stage, early.closed_at, early.merged_into) == (Stage.LISTEN, None, None)
    assert early.stage_entered_at == T0
    assert clock(early, Promise.ACKNOWLEDGEMENT).due_at == T0 + 15 * MIN
    assert clock(early, Promise.RESPONSE).due_at == T0 + DAY
    sweep(now=T0 + 14 * MIN)
    warned = [at for kind, at in events(early, "deadline_warned")]
    assert warned == [T0 + 10 * MIN, T0 + 13 * MIN]
    take_step(early, ACKNOWLEDGE, by=by, now=T0 + 15 * MIN)
    assert states(early)["acknowledgement 1"] == "kept"


def test_item_13_what_fell_due_meanwhile_rings_at_once_at_its_true_moment_and_once(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    now = T0 + 2 * HOUR
    take_step(early, UNDO, by=boss, now=now)
    [broken] = early.events.filter(kind="deadline_breached")
    assert (broken.occurred_at, broken.recorded_at) == (T0 + 15 * MIN, now)
    assert early.escalations.get().entries.count() == 1
    assert sweep(now=now) == 0
    sweep(now=now + 15 * MIN + MIN)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 2
    assert early.events.filter(kind="deadline_breached").count() == 1


def test_item_13_a_promise_broken_before_the_merge_is_escalated_again_and_climbs_from_there(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    sweep(now=T0 + 31 * MIN)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 2
    take_step(early, into(late), by=by, now=T0 + 32 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 5 * HOUR)
    row = clock(early, Promise.ACKNOWLEDGEMENT)
    assert (row.breached_at, row.is_running) == (T0 + 15 * MIN, True)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 2
    assert early.events.filter(kind="deadline_breached").count() == 1
    sweep(now=T0 + 5 * HOUR + 31 * MIN)
    assert escalation_of(early, Promise.ACKNOWLEDGEMENT).level == 3


def test_a_clock_that_stood_still_stands_still_again_until_its_own_time(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    other = walk_to(Stage.RESPOND, T0 + HOUR, by=by, customer=customer)
    pause = steps.Pause(
        reason=PauseReason.CUSTOMER, evidence="Mail, 10:02", resume_at=T0 + 6 * HOUR
    )
    take_step(case, pause, by=by, now=T0 + 2 * HOUR)
    remaining = clock(case, Promise.RESPONSE).remaining
    take_step(case, into(other), by=by, now=T0 + 3 * HOUR)
    assert not case.deadlines.get(promise="response").pauses.filter(resumed_at=None).exists()
    take_step(case, UNDO, by=boss, now=T0 + 4 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.state, row.remaining) == ("paused", remaining)
    assert (row.paused_at, row.alarm_at) == (T0 + 2 * HOUR, T0 + 6 * HOUR)
    sweep(now=T0 + 6 * HOUR + MIN)
    row = clock(case, Promise.RESPONSE)
    assert remaining is not None
    assert row.due_at == T0 + 6 * HOUR + remaining
    assert row.pauses.get().resumed_at == T0 + 6 * HOUR


def test_a_pause_that_ran_out_while_the_case_was_merged_ended_at_its_own_time(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    other = walk_to(Stage.RESPOND, T0 + HOUR, by=by, customer=customer)
    pause = steps.Pause(
        reason=PauseReason.CUSTOMER, evidence="Mail, 10:02", resume_at=T0 + 6 * HOUR
    )
    take_step(case, pause, by=by, now=T0 + 2 * HOUR)
    remaining = clock(case, Promise.RESPONSE).remaining
    assert remaining is not None
    take_step(case, into(other), by=by, now=T0 + 3 * HOUR)
    take_step(case, UNDO, by=boss, now=T0 + 9 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.state, row.due_at) == ("running", T0 + 6 * HOUR + remaining)


def test_item_13_the_survivor_gets_its_own_start_back(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    row = clock(late, Promise.ACKNOWLEDGEMENT)
    assert (row.started_at, row.due_at) == (T0 + 5 * MIN, T0 + 20 * MIN)
    [released] = late.events.filter(kind="released")
    assert released.data["reference"] == early.reference
    assert not late.absorbed.exists()


def test_item_13_what_the_survivor_has_settled_since_stays_settled(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(late, ACKNOWLEDGE, by=by, now=T0 + 16 * MIN)  # late by the earlier start
    take_step(early, UNDO, by=boss, now=T0 + 17 * MIN)
    row = clock(late, Promise.ACKNOWLEDGEMENT)
    assert (row.started_at, row.breached_at) == (T0, T0 + 15 * MIN)
    assert row.answered_late_at == T0 + 16 * MIN
    assert clock(late, Promise.RESPONSE).started_at == T0 + 5 * MIN


def test_item_13_of_two_merged_cases_the_one_that_stays_still_counts(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    first, second, survivor = (
        open_at(T0 + minutes * MIN, by=by, customer=customer) for minutes in (0, 2, 5)
    )
    take_step(second, into(survivor), by=by, now=T0 + 6 * MIN)
    take_step(first, into(survivor), by=by, now=T0 + 6 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0
    take_step(first, UNDO, by=boss, now=T0 + 7 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0 + 2 * MIN
    take_step(second, UNDO, by=boss, now=T0 + 7 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0 + 5 * MIN


def test_item_13_a_later_start_counts_once_the_earlier_one_is_released(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    first, second, survivor = (
        open_at(T0 + minutes * MIN, by=by, customer=customer) for minutes in (0, 2, 5)
    )
    take_step(first, into(survivor), by=by, now=T0 + 6 * MIN)
    take_step(second, into(survivor), by=by, now=T0 + 6 * MIN)  # brings nothing earlier
    take_step(first, UNDO, by=boss, now=T0 + 7 * MIN)
    assert clock(survivor, Promise.RESPONSE).started_at == T0 + 2 * MIN


def test_a_case_may_be_merged_again_and_undone_again(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    for minute in (6, 8):
        take_step(early, into(late), by=by, now=T0 + minute * MIN)
        take_step(early, UNDO, by=boss, now=T0 + (minute + 1) * MIN)
    assert clock(early, Promise.ACKNOWLEDGEMENT).due_at == T0 + 15 * MIN
    assert clock(late, Promise.ACKNOWLEDGEMENT).due_at == T0 + 20 * MIN
    sweep(now=T0 + 21 * MIN)
    for case in two:
        assert case.events.filter(kind="deadline_breached").count() == 1


def test_attempts_before_the_merge_still_count_after_its_undoing(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    take_steps(case, [ATTEMPT, ATTEMPT], by=by, now=T0 + HOUR)
    other = open_at(T0 + HOUR, by=by, customer=customer)
    take_step(case, into(other), by=by, now=T0 + 2 * HOUR)
    take_step(case, UNDO, by=boss, now=T0 + 3 * HOUR)
    take_steps(case, [ATTEMPT, steps.CloseUnreachable()], by=by, now=T0 + DAY)
    assert case.stage == Stage.CLOSED


@pytest.mark.parametrize("who", ["engineer", "colleague", "stranger", "analyst"])
def test_only_a_supervisor_undoes_a_merge(
    who: str, two: tuple[Case, Case], by: Actor, people: People
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    assert not permissions.may(getattr(people, who), steps.Unmerge.action, early)
    with refused(NotPermitted):
        take_step(early, UNDO, by=Actor.person(getattr(people, who)), now=T0 + 7 * MIN)


def test_a_merge_is_undone_only_while_the_survivor_is_open(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(late, steps.Withdraw(reason="x"), by=by, now=T0 + 7 * MIN)
    with refused(DemandUnmet) as found:
        take_step(early, UNDO, by=boss, now=T0 + 8 * MIN)
    assert missing(found) == [("survivor_ended", "")]


def test_a_case_that_is_not_merged_has_no_merge_to_undo(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    with refused(StepRefused):
        take_step(two[0], UNDO, by=boss, now=T0 + 6 * MIN)


def test_undone_twice_the_second_is_refused_and_nothing_runs_twice(
    two: tuple[Case, Case], by: Actor, boss: Actor
) -> None:
    early, late = two
    take_step(early, into(late), by=by, now=T0 + 6 * MIN)
    take_step(early, UNDO, by=boss, now=T0 + 7 * MIN)
    with refused(StepRefused):
        take_step(early, UNDO, by=boss, now=T0 + 7 * MIN)
    assert early.events.filter(kind="deadline_revived").count() == 2


def test_a_merge_of_historical_cases_keeps_the_record_and_rings_nothing(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    mode = {"clock_mode": ClockMode.HISTORICAL}
    early, late = (open_at(at, by=by, customer=customer, **mode) for at in (T0, T0 + HOUR))
    take_step(early, into(late), by=by, now=T0 + 9 * DAY)
    assert clock(late, Promise.RESPONSE).started_at == T0
    take_step(early, UNDO, by=boss, now=T0 + 9 * DAY)
    assert clock(late, Promise.RESPONSE).started_at == T0 + HOUR
    assert sweep(now=T0 + 99 * DAY) == 0
    assert not Escalation.objects.exists()


# ── at the same time ──────────────────────────────────────────────────────────────────


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
