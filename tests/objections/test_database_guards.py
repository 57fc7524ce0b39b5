"""What the database itself refuses, whoever asks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CheckConstraint, F, UniqueConstraint

from accounts.models import Client
from objections import steps
from objections.actors import Actor
from objections.deadlines.sweeping import sweep
from objections.models import (
    Case,
    CaseEvent,
    Commitment,
    ContactRecord,
    CustomerMail,
    Escalation,
    HandOver,
    Option,
    Pause,
    Question,
    Remedy,
    Restatement,
    Solution,
    Verdict,
)
from objections.services.stepping import take_steps
from objections.vocabulary import PauseReason, Promise, RemedyKind, Stage
from tests.conftest import T0, People
from tests.objections.guards import (
    Tries,
    again,
    changes,
    of_hours,
    of_method,
    of_people,
    of_robots,
    of_rules,
    refuses,
)
from tests.objections.record import clock
from tests.stories import DAY, HOUR, MIN, TELL, open_at, walk_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(by: Actor, customer: Any, t0: datetime) -> Case:
    """A case in respond, on which everything that rows can be about has happened."""
    case = walk_to(
        Stage.RESPOND, t0, by=by, customer=customer, questions=("Why?",), source="crm",
        external_id="1",
    )  # fmt: skip
    answer = steps.QuestionAnswered(question=1, answer="Alloy")
    told = steps.CommunicateSolution(
        channel=TELL.channel, message="x", cause="Alloy", options=TELL.options, answers=(answer,)
    )
    taken = [
        steps.Pause(reason=PauseReason.CUSTOMER, evidence="x"), steps.Resume(), told,
        steps.Commit(what="A seal", due_at=t0 + DAY),
        steps.HandOver(question="Which?", department="Lab"),
    ]  # fmt: skip
    take_steps(case, taken[:1], by=by, now=t0 + HOUR)
    take_steps(case, taken[1:], by=by, now=t0 + 2 * HOUR)
    return case


# ── triggers ──────────────────────────────────────────────────────────────────────────


def test_the_timeline_is_append_only(case: Case) -> None:
    event = CaseEvent.objects.filter(case=case)[0]
    refuses("append-only", changes(event, kind="noted"))
    refuses("append-only", lambda: CaseEvent.objects.filter(pk=event.pk).delete())
    refuses("append-only", lambda: CaseEvent.objects.all()._raw_delete("default"))
    with connection.cursor() as cursor:
        refuses(
            "append-only",
            lambda: cursor.execute("UPDATE objections_caseevent SET data = '{}'"),
        )


def test_a_rung_that_rang_is_not_taken_back(case: Case, t0: datetime) -> None:
    sweep(now=t0 + 21 * HOUR)
    deadline = clock(case, Promise.COMMITMENT)
    assert deadline.rung == 1
    refuses("not taken back", changes(deadline, rung=0))
    changes(deadline, rung=2)()


def test_a_due_moment_is_not_edited_after_its_breach(case: Case, t0: datetime) -> None:
    deadline = clock(case, Promise.COMMITMENT)
    changes(deadline, due_at=t0 + DAY + MIN)()  # before it, it may
    sweep(now=t0 + 2 * DAY)
    refuses("not edited after its breach", changes(deadline, due_at=t0 + 9 * DAY))
    refuses("not edited after its breach", changes(deadline, breached_at=t0))
    refuses(
        "not edited after its breach",
        changes(deadline, due_at=None, remaining=HOUR, paused_at=t0 + 2 * DAY),
    )
    changes(deadline, breached_at=None, kept_at=t0 + DAY, alarm_at=None)()  # item 5 may


def test_a_clock_keeps_its_case_and_its_promise(
    case: Case, by: Actor, customer: Any, t0: datetime
) -> None:
    deadline = clock(case, Promise.COMMITMENT)
    other = open_at(t0, by=by, customer=customer)
    for change in ({"promise": "response"}, {"case": other}):
        refuses("keeps its case", changes(deadline, **change))


def test_a_clock_keeps_its_start_once_it_was_kept_or_broken(case: Case, t0: datetime) -> None:
    running, kept = clock(case, Promise.COMMITMENT), clock(case, Promise.RESPONSE)
    changes(running, started_at=t0)()  # a merge may bring an earlier one
    refuses("keeps its start", changes(kept, started_at=t0 - MIN))
    sweep(now=t0 + 2 * DAY)
    refuses("keeps its start", changes(running, started_at=t0 - MIN))


# ── constraints, each with its failing side ───────────────────────────────────────────


def of_case(case: Case, people: People, crm: Client) -> Tries:
    return {
        "case_known_once_per_source": (again(case, reference="CT-0"),),
        "case_recurs_of_another": (changes(case, recurrence_of=case.pk),),
        "case_stage_is_known": (changes(case, stage="elsewhere", closed_at=T0),),
        "case_kind_is_known": (changes(case, kind="praise"),),
        "case_closed_at_iff_ended": (
            changes(case, stage=Stage.CLOSED), changes(case, closed_at=T0),
            changes(case, stage=Stage.WITHDRAWN), changes(case, stage=Stage.MERGED),
        ),
        "case_live_has_customer_and_channel": (
            changes(case, customer=None), changes(case, channel=""),
        ),
        "case_merged_iff_into_another": (
            changes(case, stage=Stage.MERGED, closed_at=T0), changes(case, merged_into=case),
            changes(case, merged_at=T0), changes(case, merged_from=Stage.LISTEN),
            changes(case, stage=Stage.MERGED, closed_at=T0, merged_into=case, merged_at=T0,
                    merged_from=Stage.CLOSED),
        ),
        "event_kind_is_known": (again(case.events.all()[0], kind="danced"),),
    }  # fmt: skip


def of_clocks(case: Case, people: People, crm: Client) -> Tries:
    running, kept = clock(case, Promise.COMMITMENT), clock(case, Promise.RESPONSE)
    start = running.started_at
    pause = Pause.objects.get()
    Pause.objects.update(resumed_at=None)
    return {
        "deadline_one_running_per_promise": (
            again(running), again(clock(case, Promise.PROGRESS_UPDATE), cycle=7),
        ),
        "deadline_due_after_start": (changes(running, due_at=start),),
        "deadline_paused_or_due": (
            changes(running, due_at=None), changes(running, paused_at=T0),
            changes(running, remaining=HOUR), changes(running, due_at=None, paused_at=T0),
            changes(running, due_at=None, remaining=HOUR),
        ),
        "deadline_settled_once": (
            changes(kept, ended_at=kept.kept_at, ended_as="void"),
            changes(running, alarm_at=None, ended_at=start + MIN, ended_as="void",
                    answered_late_at=start + MIN, breached_at=start + MIN),
        ),
        "deadline_kept_is_not_breached": (changes(kept, breached_at=T0 + DAY),),
        "deadline_late_is_breached": (
            changes(running, alarm_at=None, answered_late_at=start + DAY),
        ),
        "deadline_settled_after_start": (
            changes(running, alarm_at=None, kept_at=start - MIN),
            changes(running, alarm_at=None, breached_at=start, answered_late_at=start),
            changes(running, alarm_at=None, ended_at=start - MIN, ended_as="void"),
        ),
        "deadline_ended_as_iff_ended": (
            changes(running, alarm_at=None, ended_at=start + MIN),
            changes(running, ended_as="void"),
            changes(running, alarm_at=None, ended_at=start + MIN, ended_as="lost"),
        ),
        "deadline_settled_is_silent": (
            changes(running, kept_at=start + MIN), changes(kept, alarm_at=T0 + DAY),
            changes(running, ended_at=start + MIN, ended_as="void"),
            changes(running, is_historical=True),
        ),
        "deadline_historical_never_breached": (
            changes(running, is_historical=True, alarm_at=None, rung=1),
            changes(running, is_historical=True, alarm_at=None, breached_at=T0 + DAY),
        ),
        "pause_one_open": (again(pause),),
        "pause_ends_after_it_began": (changes(pause, resume_at=pause.paused_at),),
    }  # fmt: skip


def of_escalations(case: Case, people: People, crm: Client) -> Tries:
    sweep(now=T0 + 2 * DAY)
    row = Escalation.objects.get(case=case, deadline__promise=Promise.COMMITMENT)
    entry = row.entries.all()[0]
    loose = Escalation.objects.create(case=case, reason="persistent", level=1, opened_at=T0)
    taken = {"taken_at": T0, "taken_by": people.manager, "lapses_at": T0 + DAY}
    return {
        "escalation_one_open_per_deadline": (again(row),),
        "escalation_one_open_per_reason": (again(loose),),
        "escalation_taken_whole": (
            changes(row, next_step="x"),
            *(changes(row, **(taken | {name: None})) for name in taken),
        ),
        "escalation_clock_iff_deadline": (
            changes(row, deadline=None), changes(row, reason="persistent"),
            changes(loose, reason="deadline"),
        ),
        "escalation_closed_is_silent": (changes(row, alarm_at=T0, closed_at=T0),),
        "escalation_entry_once_per_rung": (again(entry),),
    }  # fmt: skip


def of_work(case: Case, people: People, crm: Client) -> Tries:
    contact = ContactRecord.objects.filter(case=case)[0]
    question, restatement = Question.objects.get(), Restatement.objects.get()
    solution, option = Solution.objects.get(), Option.objects.all()[0]
    commitment, hand_over = Commitment.objects.get(), HandOver.objects.get()
    remedy = Remedy.objects.create(
        case=case, kind=RemedyKind.REFUND, cost=Decimal(1), proposed_at=T0,
        proposed_by=people.engineer,
    )  # fmt: skip
    verdict = Verdict.objects.create(case=case, cycle=1, satisfied=True, given_at=T0)
    mail = CustomerMail.objects.create(
        contact_record=contact, to="x@y.example", subject="x", body="x", message_id="<1>",
        created_at=T0, next_attempt_at=T0,
    )  # fmt: skip
    return {
        "contact_counts_between": (
            changes(contact, counts_at=F("occurred_at") - MIN),
            changes(contact, counts_at=F("recorded_at") + MIN),
        ),
        "mail_settled_is_silent": (changes(mail, sent_at=T0), changes(mail, failed_at=T0)),
        "question_numbered": (again(question),),
        "question_answered_iff_answer": (
            changes(question, answer=""), changes(question, answered_at=None),
        ),
        "restatement_numbered": (again(restatement),),
        "restatement_agreed_or_corrected": (changes(restatement, corrected_at=T0),),
        "solution_numbered": (again(solution, told_in=None),),
        "solution_has_cause_or_reason": (changes(solution, cause=""),),
        "solution_chosen_iff_at": (
            changes(solution, chosen=option), changes(solution, chosen_at=T0),
        ),
        "option_numbered": (again(option),),
        "option_cost_not_negative": (changes(option, cost=Decimal("-0.01")),),
        "remedy_cost_not_negative": (changes(remedy, cost=Decimal("-0.01")),),
        "remedy_decided_once": (changes(remedy, approved_at=T0, refused_at=T0),),
        "remedy_not_approved_by_requester": (changes(remedy, decided_by=people.engineer),),
        "commitment_numbered": (again(commitment),),
        "commitment_due_after_made": (changes(commitment, due_at=F("made_at")),),
        "hand_over_numbered": (again(hand_over),),
        "hand_over_goes_to_somebody": (changes(hand_over, department=""),),
        "verdict_score_1_to_5": (changes(verdict, score=0), changes(verdict, score=6)),
    }  # fmt: skip


GUARDS = (
    of_case, of_clocks, of_escalations, of_work, of_rules, of_people, of_hours, of_robots,
    of_method,
)  # fmt: skip


@pytest.mark.parametrize("guards", GUARDS, ids=lambda guards: guards.__name__)
def test_each_constraint_has_a_side_on_which_it_refuses(
    guards: Callable[..., Tries], case: Case, people: People,
    crm: Client,
) -> None:  # fmt: skip
    for name, writes in guards(case, people, crm).items():
        for write in writes:
            refuses(name, write)


def test_every_constraint_is_tried(case: Case, people: People, crm: Client) -> None:
    tried = {name for guards in GUARDS for name in guards(case, people, crm)}
    here = {
        constraint.name
        for room in ("timekeeping", "accounts", "customers", "objections")
        for model in apps.get_app_config(room).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, (CheckConstraint, UniqueConstraint))
    }
    assert tried == here
