"""An e-mail that never arrived proves nothing, and what it had settled is settled anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from objections import demands, steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import Case, ContactRecord, CustomerMail
from objections.services.escalations import take
from objections.services.records import withdraw_proof
from objections.services.stepping import take_steps
from objections.vocabulary import Channel, DeadlineState, LinkMedium, Promise, Purpose, Stage
from tests.conftest import People
from tests.objections.record import clock, escalation_of, events, rang, snapshot, states, told
from tests.stories import ACKNOWLEDGE, CARRY_OUT, DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db

FAILURE = "550 no such user"
BY_MAIL: dict[str, Any] = {"channel": Channel.EMAIL, "to": "zhoumin@hengyuan.example"}
MAIL = steps.Acknowledge(summary="Thank you. We come at three.", **BY_MAIL)
UPDATE_BY_MAIL = steps.UpdateProgress(message="The part is on its way.", **BY_MAIL)
NO = steps.RefuseDemand(
    channel=Channel.PHONE, demand="A new pump", reason="The seal wears", rule="Warranty, 4.2",
    alternative="A seal at half the price",
)  # fmt: skip
UPDATE = steps.UpdateProgress(channel=Channel.PHONE, message="It arrives at nine.")


def told_by_mail(**more: Any) -> steps.CommunicateSolution:
    given: dict[str, Any] = {
        "message": "We replace it.", "cause": "Alloy", "chosen": 1,
        "options": (steps.OptionOffered(title="Replace"),),
    }  # fmt: skip
    return steps.CommunicateSolution(**(given | more), **BY_MAIL)


def mailed(case: Case, purpose: Purpose) -> ContactRecord:
    return case.contact_records.filter(purpose=purpose, channel=Channel.EMAIL)[0]


def bounced(case: Case, purpose: Purpose, *, now: datetime) -> ContactRecord:
    record = withdraw_proof(mailed(case, purpose), failure=FAILURE, now=now)
    case.refresh_from_db()
    return record


def test_an_email_counts_when_it_is_committed_and_waits_to_leave(
    by: Actor, customer: Any, contact: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer, contact=contact)
    plain = steps.Acknowledge(channel=Channel.EMAIL, summary="Thank you.")
    take_steps(case, [plain], by=by, now=t0 + 5 * MIN)
    mail = CustomerMail.objects.get()
    assert (mail.to, mail.body) == ("zhoumin@hengyuan.example", "Thank you.")
    assert mail.subject.startswith(f"[{case.reference}] ")
    assert (mail.created_at, mail.next_attempt_at, mail.sent_at) == (
        t0 + 5 * MIN, t0 + 5 * MIN, None,
    )  # fmt: skip
    assert clock(case, Promise.ACKNOWLEDGEMENT).kept_at == t0 + 5 * MIN


def test_a_bounce_in_time_lets_the_acknowledgement_run_on_to_its_own_due_moment(
    people: People, by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [MAIL], by=by, now=t0 + 5 * MIN)
    record = bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + 8 * MIN)
    assert record.withdrawn_at == t0 + 8 * MIN
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.kept_at, deadline.proof) == (
        DeadlineState.RUNNING, None, None,
    )  # fmt: skip
    assert (deadline.due_at, deadline.alarm_at) == (t0 + 15 * MIN, t0 + 10 * MIN)
    assert told(case, "mail_failed") == [("engineer", 0, t0 + 8 * MIN)]
    [event] = case.events.filter(kind="proof_withdrawn")
    assert event.data["promises"] == ["acknowledgement"]
    [event] = case.events.filter(kind="mail_failed")
    assert event.data["failure"] == FAILURE
    sweep(now=t0 + 16 * MIN)
    assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 + 15 * MIN


def test_a_bounce_after_the_due_moment_breaks_the_promise_at_that_moment(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [MAIL], by=by, now=t0 + 5 * MIN)
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + 2 * HOUR)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.breached_at) == (DeadlineState.BREACHED, t0 + 15 * MIN)
    assert escalation_of(case, Promise.ACKNOWLEDGEMENT).level == 1
    # Nobody above the supervisor could have acted before: they hear as long after the bounce
    # as they would have heard after the due moment.
    assert deadline.alarm_at == t0 + 2 * HOUR + 15 * MIN
    sweep(now=t0 + 2 * HOUR + 46 * MIN)
    assert [at for _kind, at in rang(case, Promise.ACKNOWLEDGEMENT)[3:]] == [
        t0 + 2 * HOUR + 15 * MIN, t0 + 2 * HOUR + 45 * MIN,
    ]  # fmt: skip


def test_after_a_bounce_any_word_of_a_person_to_the_customer_acknowledges(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [MAIL], by=by, now=t0 + 5 * MIN)
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + 6 * MIN)
    take_steps(case, [UPDATE], by=by, now=t0 + 9 * MIN)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.kept_at) == (DeadlineState.KEPT, t0 + 9 * MIN)
    assert deadline.proof is not None
    assert deadline.proof.words == UPDATE.message


def test_a_later_contact_on_record_takes_the_place_of_the_one_that_bounced(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [MAIL], by=by, now=t0 + 5 * MIN)
    take_steps(case, [UPDATE], by=by, now=t0 + 14 * MIN)
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + HOUR)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.state, deadline.kept_at) == (DeadlineState.KEPT, t0 + 14 * MIN)
    assert not case.escalations.exists()


def test_a_later_contact_that_came_too_late_leaves_a_breach_answered_late(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [MAIL], by=by, now=t0 + 5 * MIN)
    take_steps(case, [UPDATE], by=by, now=t0 + 20 * MIN)
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + HOUR)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.breached_at, deadline.answered_late_at) == (t0 + 15 * MIN, t0 + 20 * MIN)


def test_a_late_answer_that_bounced_reopens_the_escalation_where_it_stood(
    by: Actor, boss: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    sweep(now=t0 + 31 * MIN)
    first = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    take(first, by=boss, next_step="I call", until=t0 + DAY, now=t0 + 32 * MIN)
    take_steps(case, [MAIL], by=by, now=t0 + 40 * MIN)
    assert not case.escalations.filter(closed_at=None).exists()
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + 2 * HOUR)
    again = escalation_of(case, Promise.ACKNOWLEDGEMENT)
    assert (again.level, again.opened_at, again.taken_by) == (2, t0 + 2 * HOUR, None)
    deadline = clock(case, Promise.ACKNOWLEDGEMENT)
    assert (deadline.breached_at, deadline.answered_late_at) == (t0 + 15 * MIN, None)
    assert deadline.alarm_at == t0 + 2 * HOUR + 30 * MIN  # the gap from level 2 to level 3
    assert ("escalation_raised", t0 + 2 * HOUR) in events(case, "escalation_raised")


def test_a_solution_that_bounced_was_not_told(by: Actor, customer: Any, t0: datetime) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer, questions=("Why?",))
    answer = steps.QuestionAnswered(question=1, answer="Wrong alloy")
    take_steps(case, [told_by_mail(answers=(answer,))], by=by, now=t0 + HOUR)
    bounced(case, Purpose.SOLUTION, now=t0 + 2 * HOUR)
    response = clock(case, Promise.RESPONSE)
    assert (response.state, response.due_at) == (DeadlineState.RUNNING, t0 + DAY)
    assert case.solutions.get().withdrawn_at == t0 + 2 * HOUR
    assert demands.latest_solution(case) is None
    question = case.questions.get()
    assert (question.answer, question.answered_at) == ("", None)
    assert [row.number for row in demands.open_questions(case)] == [1]
    again = steps.CommunicateSolution(
        channel=Channel.PHONE, message="As I wrote", cause="Alloy", options=TELL.options, chosen=1,
        answers=(answer,),
    )  # fmt: skip
    take_steps(case, [again, CARRY_OUT], by=by, now=t0 + 3 * HOUR)
    assert clock(case, Promise.RESPONSE).kept_at == t0 + 3 * HOUR


def test_what_another_contact_answered_stays_answered(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer, questions=("Why?",))
    answer = steps.QuestionAnswered(question=1, answer="Wrong alloy")
    reply = steps.Reply(channel=Channel.PHONE, message="Alloy", answers=(answer,))
    take_steps(case, [reply, told_by_mail()], by=by, now=t0 + HOUR)
    bounced(case, Purpose.SOLUTION, now=t0 + 2 * HOUR)
    assert case.questions.get().answer == "Wrong alloy"


def test_a_solution_that_the_customer_saw_carried_out_needs_no_mail(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    take_steps(case, [told_by_mail(), CARRY_OUT], by=by, now=t0 + HOUR)
    bounced(case, Purpose.SOLUTION, now=t0 + 2 * HOUR)
    assert states(case)["response 1"] == "kept"
    assert case.solutions.get().withdrawn_at is None
    assert states(case)["progress_update 1"] == "void"  # nothing of it is owed any more
    assert sweep(now=t0 + 2 * DAY) == 0


def test_a_solution_that_the_customer_rejected_was_known_to_them(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.RESPOND, t0, by=by, customer=customer)
    rejected = steps.RejectSolution(channel=Channel.PHONE, reason="No")
    take_steps(case, [told_by_mail(), rejected], by=by, now=t0 + HOUR)
    bounced(case, Purpose.SOLUTION, now=t0 + 2 * HOUR)
    assert states(case)["response 1"] == "kept"
    assert states(case)["response 2"] == "running"
    assert case.cycle == 2


def test_a_progress_update_that_bounced_is_owed_again_and_the_next_one_ends(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer, urgency="crisis")
    take_steps(case, [UPDATE_BY_MAIL], by=by, now=t0 + 20 * MIN)
    assert states(case)["progress_update 2"] == "running"
    bounced(case, Purpose.PROGRESS, now=t0 + 25 * MIN)
    assert states(case)["progress_update 1"] == "running"
    assert states(case)["progress_update 2"] == "void"
    assert clock(case, Promise.PROGRESS_UPDATE, cycle=1).due_at == t0 + 31 * MIN
    take_steps(case, [UPDATE], by=by, now=t0 + 30 * MIN)
    assert clock(case, Promise.PROGRESS_UPDATE, cycle=1).kept_at == t0 + 30 * MIN
    assert states(case)["progress_update 3"] == "running"


def test_an_update_told_since_keeps_the_progress_that_bounced(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer, urgency="crisis")
    take_steps(case, [UPDATE_BY_MAIL], by=by, now=t0 + 20 * MIN)
    take_steps(case, [UPDATE], by=by, now=t0 + 28 * MIN)
    bounced(case, Purpose.PROGRESS, now=t0 + 40 * MIN)
    assert clock(case, Promise.PROGRESS_UPDATE, cycle=1).kept_at == t0 + 28 * MIN
    assert states(case)["progress_update 3"] == "running"


def test_a_refusal_told_since_keeps_the_progress_that_bounced(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer, urgency="crisis")
    take_steps(case, [UPDATE_BY_MAIL], by=by, now=t0 + 20 * MIN)
    take_steps(case, [NO], by=by, now=t0 + 28 * MIN)
    bounced(case, Purpose.PROGRESS, now=t0 + 40 * MIN)
    assert clock(case, Promise.PROGRESS_UPDATE, cycle=1).kept_at == t0 + 28 * MIN


def test_a_link_to_their_page_does_not_take_the_place_of_the_one_that_bounced(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [MAIL], by=by, now=t0 + 5 * MIN)
    link = steps.Invite(medium=LinkMedium.EMAIL, to="zhoumin@hengyuan.example")
    take_steps(case, [link], by=by, now=t0 + 14 * MIN)
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + HOUR)
    assert clock(case, Promise.ACKNOWLEDGEMENT).breached_at == t0 + 15 * MIN


@pytest.mark.usefixtures("open_all_hours")
def test_a_reply_that_bounced_leaves_the_customers_message_unanswered(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    wrote = steps.ReceiveMessage(channel=Channel.CHAT, message="Well?")
    take_steps(case, [wrote], by=by, now=t0 + HOUR)
    take_steps(case, [steps.Reply(message="At three", **BY_MAIL)], by=by, now=t0 + 2 * HOUR)
    message = case.contact_records.get(purpose=Purpose.MESSAGE)
    assert message.answered_at == t0 + 2 * HOUR
    bounced(case, Purpose.REPLY, now=t0 + 3 * HOUR)
    message.refresh_from_db()
    assert message.answered_at is None
    assert message.answered_in is None
    assert clock(case, Promise.CUSTOMER_MESSAGE).due_at == t0 + 5 * HOUR
    assert clock(case, Promise.CUSTOMER_MESSAGE).is_running
    again = steps.Reply(channel=Channel.PHONE, message="At three")
    take_steps(case, [again], by=by, now=t0 + 4 * HOUR)
    assert clock(case, Promise.CUSTOMER_MESSAGE).kept_at == t0 + 4 * HOUR


def test_a_promise_moved_by_a_mail_that_bounced_is_due_as_before(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = walk_to(Stage.CONFIRM, t0, by=by, customer=customer)
    promised = steps.Commit(what="A new seal", due_at=t0 + 5 * HOUR)
    take_steps(case, [promised], by=by, now=t0 + HOUR)
    moved = steps.ReagreeCommitment(
        commitment=1, due_at=t0 + 9 * DAY, message="A week later", **BY_MAIL
    )
    take_steps(case, [moved], by=by, now=t0 + 2 * HOUR)
    bounced(case, Purpose.REAGREEMENT, now=t0 + 6 * HOUR)
    commitment = case.commitments.get()
    assert (commitment.due_at, commitment.times_reagreed) == (t0 + 5 * HOUR, 0)
    [running] = case.deadlines.running().filter(promise=Promise.COMMITMENT)
    assert (running.due_at, running.breached_at) == (t0 + 5 * HOUR, t0 + 5 * HOUR)


def test_a_bounce_on_a_case_that_has_ended_is_only_recorded(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    withdrawn = steps.Withdraw(reason="A mistake")
    take_steps(case, [MAIL, withdrawn], by=by, now=t0 + 5 * MIN)
    before = states(case)
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + HOUR)
    assert states(case) == before
    assert events(case, "mail_failed", "proof_withdrawn") == [("mail_failed", t0 + HOUR)]
    assert sweep(now=t0 + 30 * DAY) == 0


def test_a_second_report_of_the_same_bounce_changes_nothing(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [MAIL], by=by, now=t0 + 5 * MIN)
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + 6 * MIN)
    before = snapshot()
    bounced(case, Purpose.ACKNOWLEDGEMENT, now=t0 + 7 * MIN)
    assert snapshot() == before


def test_a_bounce_leaves_what_another_contact_proved(
    by: Actor, customer: Any, t0: datetime
) -> None:
    case = open_at(t0, by=by, customer=customer)
    take_steps(case, [ACKNOWLEDGE, UPDATE_BY_MAIL], by=by, now=t0 + 5 * MIN)
    bounced(case, Purpose.PROGRESS, now=t0 + 20 * MIN)
    assert clock(case, Promise.ACKNOWLEDGEMENT).kept_at == t0 + 5 * MIN
