"""A case that passed for a mere thanks for a while: no promise to the customer is lost by that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from customers.models import Customer
from objections import steps
from objections.actors import Actor
from objections.deadlines import replaying
from objections.deadlines.sweeping import sweep
from objections.errors import DemandUnmet
from objections.models import Case, Notice
from objections.services.stepping import take_step, take_steps
from objections.vocabulary import Channel, Kind, LinkMedium, PauseReason, Promise, Stage
from tests.conftest import T0, People
from tests.objections.record import clock, escalation_of, events, missing, refused, states
from tests.stories import (
    ACKNOWLEDGE,
    CARRY_OUT,
    DAY,
    HOUR,
    MIN,
    NOT_SATISFIED,
    TELL,
    open_at,
    walk_to,
)

pytestmark = pytest.mark.django_db
WROTE = steps.ReceiveMessage(channel=Channel.CHAT, message="When do you come?")
REPLY = steps.Reply(channel=Channel.PHONE, message="At three.")
PAUSE = steps.Pause(reason=PauseReason.CUSTOMER, evidence="Mail, 10:02")


def kind(given: Kind) -> steps.Reclassify:
    return steps.Reclassify(kind=given, reason="Read again")


def there_and_back(case: Case, by: Actor, thanks: datetime, back: datetime) -> None:
    take_step(case, kind(Kind.THANKS), by=by, now=thanks)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=back)


@pytest.fixture(autouse=True)
def the_timeline_rebuilds_every_clock(people: People) -> Iterator[None]:
    """After each test the rows are what the timeline alone says."""
    yield
    verified = replaying.verify(Case.objects.all())
    assert [one for found in verified for one in found.differences] == []


# ── the same clock runs again ─────────────────────────────────────────────────────────


def test_the_response_of_a_later_round_runs_from_the_start_of_that_round(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    take_step(case, NOT_SATISFIED, by=by, now=T0 + 10 * HOUR)
    there_and_back(case, by, T0 + 29 * HOUR, T0 + 30 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.cycle, row.started_at, row.due_at) == (2, T0 + 10 * HOUR, T0 + 34 * HOUR)
    assert row.breached_at is None
    assert case.deadlines.filter(promise="response", cycle=2).count() == 1


def test_a_round_that_began_while_it_passed_for_thanks_is_owed_since_it_began(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer, kind=Kind.THANKS)
    take_step(case, NOT_SATISFIED, by=by, now=T0 + 40 * HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 50 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.cycle, row.started_at, row.breached_at) == (2, T0 + 40 * HOUR, None)


def test_an_earlier_start_that_a_merge_brought_is_kept(by: Actor, customer: Customer) -> None:
    early, late = (open_at(at, by=by, customer=customer) for at in (T0, T0 + 5 * MIN))
    take_step(early, steps.Merge(into=late.reference, reason="One pump"), by=by, now=T0 + 6 * MIN)
    late.refresh_from_db()
    there_and_back(late, by, T0 + HOUR, T0 + 2 * HOUR)
    assert clock(late, Promise.RESPONSE).started_at == T0


def test_an_earlier_start_is_given_back_where_the_merge_was_undone_meanwhile(
    by: Actor, boss: Actor, customer: Customer
) -> None:
    early, late = (open_at(at, by=by, customer=customer) for at in (T0, T0 + 5 * MIN))
    take_step(early, steps.Merge(into=late.reference, reason="One pump"), by=by, now=T0 + 6 * MIN)
    late.refresh_from_db()
    take_step(late, kind(Kind.THANKS), by=by, now=T0 + 7 * MIN)
    take_step(early, steps.Unmerge(reason="Two pumps"), by=boss, now=T0 + 8 * MIN)
    late.refresh_from_db()
    take_step(late, kind(Kind.COMPLAINT), by=by, now=T0 + 9 * MIN)
    assert clock(late, Promise.RESPONSE).started_at == T0 + 5 * MIN
    assert clock(early, Promise.RESPONSE).started_at == T0


def test_the_pauses_taken_stay_taken_and_counted(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_step(case, PAUSE, by=by, now=T0 + HOUR)
    take_step(case, steps.Resume(), by=by, now=T0 + 9 * HOUR)
    before = clock(case, Promise.RESPONSE)
    assert before.due_at == T0 + 32 * HOUR
    there_and_back(case, by, T0 + 10 * HOUR, T0 + 11 * HOUR)
    after = clock(case, Promise.RESPONSE)
    assert (after.pk, after.due_at, after.pauses.count()) == (before.pk, before.due_at, 1)
    again = [PAUSE, steps.Resume()] * (after.pauses_per_cycle - 1)
    take_steps(case, again, by=by, now=T0 + 12 * HOUR)
    with refused(DemandUnmet) as found:
        take_step(case, PAUSE, by=by, now=T0 + 12 * HOUR)
    assert missing(found) == [("pause_needs_supervisor", "")]


def test_a_pause_that_lasts_goes_on_and_ends_at_its_own_time(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    pause = steps.Pause(
        reason=PauseReason.CUSTOMER, evidence="Mail, 10:02", resume_at=T0 + 9 * HOUR
    )
    take_step(case, pause, by=by, now=T0 + HOUR)
    there_and_back(case, by, T0 + 2 * HOUR, T0 + 3 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.state, row.paused_at, row.resume_at) == ("paused", T0 + HOUR, T0 + 9 * HOUR)
    sweep(now=T0 + 10 * HOUR)
    assert clock(case, Promise.RESPONSE).due_at == T0 + 32 * HOUR


def test_what_fell_due_meanwhile_rings_at_its_true_moment_and_the_levels_above_wait(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    there_and_back(case, by, T0 + HOUR, T0 + 5 * DAY)
    row = clock(case, Promise.RESPONSE)
    assert row.breached_at == T0 + DAY
    assert escalation_of(case, Promise.RESPONSE).level == 1
    assert escalation_of(case, Promise.RESPONSE).entries.count() == 1
    assert sweep(now=T0 + 5 * DAY) == 0


def test_another_kind_than_before_is_computed_from_the_same_start(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    before = clock(case, Promise.RESPONSE)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    take_step(case, kind(Kind.INQUIRY), by=by, now=T0 + 2 * HOUR)
    after = clock(case, Promise.RESPONSE)
    assert (after.pk, after.started_at, after.is_running) == (before.pk, T0, True)


def test_it_may_pass_for_thanks_twice(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    rows = case.deadlines.count()
    there_and_back(case, by, T0 + HOUR, T0 + 2 * HOUR)
    there_and_back(case, by, T0 + 3 * HOUR, T0 + 4 * HOUR)
    assert case.deadlines.count() == rows
    assert clock(case, Promise.RESPONSE).due_at == T0 + DAY
    assert states(case) == {
        "acknowledgement 1": "kept", "response 1": "running", "progress_update 1": "running",
    }  # fmt: skip


def test_what_ended_for_another_reason_stays_ended(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    ended = clock(case, Promise.PROGRESS_UPDATE)
    assert ended.ended_as == "void"
    there_and_back(case, by, T0 + HOUR, T0 + 2 * HOUR)
    ended.refresh_from_db()
    assert ended.ended_as == "void"
    assert [row.promise for row in case.deadlines.running()] == ["follow_up"]


# ── what the customer wrote ───────────────────────────────────────────────────────────


def test_what_the_customer_wrote_is_still_to_be_answered_in_its_own_time(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    take_step(case, WROTE, by=by, now=T0 + HOUR)
    before = clock(case, Promise.CUSTOMER_MESSAGE)
    there_and_back(case, by, T0 + HOUR + MIN, T0 + HOUR + 2 * MIN)
    after = clock(case, Promise.CUSTOMER_MESSAGE)
    assert (after.pk, after.due_at, after.is_running) == (before.pk, before.due_at, True)
    take_step(case, REPLY, by=by, now=T0 + HOUR + 3 * MIN)
    assert clock(case, Promise.CUSTOMER_MESSAGE).kept_at == T0 + HOUR + 3 * MIN


def test_what_the_customer_wrote_while_it_passed_for_thanks_is_owed_since_then(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    take_step(case, WROTE, by=by, now=T0 + 2 * HOUR)
    assert not case.deadlines.filter(promise="customer_message").exists()
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 2 * HOUR + MIN)
    row = clock(case, Promise.CUSTOMER_MESSAGE)
    assert (row.started_at, row.is_running) == (T0 + 2 * HOUR, True)


def test_a_message_that_was_answered_meanwhile_is_settled_by_that_answer(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    take_step(case, WROTE, by=by, now=T0 + HOUR)
    due_at = clock(case, Promise.CUSTOMER_MESSAGE).due_at
    assert due_at is not None
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR + MIN)
    take_step(case, REPLY, by=by, now=due_at + MIN)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=due_at + HOUR)
    row = clock(case, Promise.CUSTOMER_MESSAGE)
    assert (row.breached_at, row.answered_late_at) == (due_at, due_at + MIN)


# ── what the customer was told meanwhile ──────────────────────────────────────────────


@pytest.mark.parametrize(("told_after", "in_time"), [(20 * HOUR, True), (40 * HOUR, False)])
def test_a_solution_told_meanwhile_settles_the_response_in_time_or_late(
    told_after: Any, in_time: bool, by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    take_step(case, TELL, by=by, now=T0 + told_after)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 41 * HOUR)
    row = clock(case, Promise.RESPONSE)
    kept, late = (T0 + told_after, None) if in_time else (None, T0 + told_after)
    assert (row.kept_at, row.answered_late_at) == (kept, late)
    assert row.breached_at == (None if in_time else T0 + DAY)
    assert not case.escalations.filter(closed_at=None, deadline__promise="response").exists()
    assert case.deadlines.running().filter(promise="progress_update").count() == 1


def test_a_pause_that_ran_out_before_the_solution_was_told_buys_no_time(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    pause = steps.Pause(reason=PauseReason.CUSTOMER, evidence="x", resume_at=T0 + 3 * HOUR)
    take_step(case, pause, by=by, now=T0 + HOUR)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + 2 * HOUR)
    take_step(case, TELL, by=by, now=T0 + 30 * HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 31 * HOUR)
    row = clock(case, Promise.RESPONSE)
    assert (row.due_at, row.breached_at) == (T0 + 26 * HOUR, T0 + 26 * HOUR)
    assert row.answered_late_at == T0 + 30 * HOUR


def test_a_round_that_was_judged_meanwhile_is_settled_and_the_next_one_owed(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.RESPOND, T0, by=by, customer=customer)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    take_steps(case, [TELL, CARRY_OUT], by=by, now=T0 + 2 * HOUR)
    take_step(case, NOT_SATISFIED, by=by, now=T0 + 3 * HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 4 * HOUR)
    assert clock(case, Promise.RESPONSE, cycle=1).kept_at == T0 + 2 * HOUR
    second = clock(case, Promise.RESPONSE, cycle=2)
    assert (second.started_at, second.is_running) == (T0 + 3 * HOUR, True)


def test_a_follow_up_that_was_made_meanwhile_is_kept(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    take_step(case, NOT_SATISFIED, by=by, now=T0 + 2 * HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 3 * HOUR)
    assert clock(case, Promise.FOLLOW_UP).kept_at == T0 + 2 * HOUR


def test_a_verdict_given_meanwhile_keeps_the_follow_up_and_none_runs_after_it(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    content = steps.GiveVerdict(channel=Channel.PHONE, score=4, words="It runs.")
    take_step(case, content, by=by, now=T0 + 2 * HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 3 * HOUR)
    row = clock(case, Promise.FOLLOW_UP)
    assert (row.kept_at, row.proof and row.proof.words) == (T0 + 2 * HOUR, "It runs.")
    assert case.deadlines.filter(promise=Promise.FOLLOW_UP).count() == 1
    sweep(now=T0 + 9 * DAY)
    assert not case.deadlines.filter(promise=Promise.FOLLOW_UP, breached_at__isnull=False).exists()


def test_a_customer_who_was_content_before_it_was_a_complaint_is_not_asked_again(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.FOLLOW_UP, T0, by=by, customer=customer, kind=Kind.THANKS)
    take_step(case, steps.GiveVerdict(channel=Channel.PHONE, score=4), by=by, now=T0 + HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 2 * HOUR)
    assert not case.deadlines.filter(promise=Promise.FOLLOW_UP).exists()


def test_a_link_to_their_page_is_no_word_on_how_things_stand(by: Actor, customer: Customer) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer, kind=Kind.THANKS)
    link = steps.Invite(medium=LinkMedium.EMAIL, to="zhoumin@hengyuan.example")
    take_step(case, link, by=by, now=T0 + 5 * HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 6 * HOUR)
    assert clock(case, Promise.PROGRESS_UPDATE).started_at == T0 + MIN  # when they were thanked


def test_a_progress_update_given_meanwhile_counts_and_the_next_runs_from_it(
    by: Actor, customer: Customer
) -> None:
    case = walk_to(Stage.CONFIRM, T0, by=by, customer=customer)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    update = steps.UpdateProgress(channel=Channel.PHONE, message="The part is on its way.")
    take_step(case, update, by=by, now=T0 + 2 * HOUR)
    take_step(case, kind(Kind.COMPLAINT), by=by, now=T0 + 3 * HOUR)
    first, second = case.deadlines.filter(promise="progress_update").order_by("pk")
    assert (first.kept_at, second.started_at) == (T0 + 2 * HOUR, T0 + 2 * HOUR)
    assert second.is_running


def test_thanks_that_stay_thanks_alert_nobody(by: Actor, customer: Customer) -> None:
    case = open_at(T0, by=by, customer=customer)
    take_step(case, ACKNOWLEDGE, by=by, now=T0 + MIN)
    take_step(case, kind(Kind.THANKS), by=by, now=T0 + HOUR)
    sweep(now=T0 + 9 * DAY)
    assert not events(case, "deadline_breached")
    assert not Notice.objects.filter(case=case, kind="escalated").exists()
