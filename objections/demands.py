"""What each step demands of the case and of what is handed in with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings

from objections import permissions, steps
from objections.actors import Actor
from objections.errors import Demand
from objections.models import Case, ContactRecord, Deadline, Question, Solution
from objections.steps import Step
from objections.vagueness import is_vague
from objections.vocabulary import (
    Action,
    ActorKind,
    Channel,
    DeadlineState,
    Kind,
    Promise,
    Purpose,
)

ATTEMPTS_NEEDED = 3
ATTEMPT_DAYS_NEEDED = 2
S = TypeVar("S", bound=Step)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a demand may look at: the locked case, who acts, and what time it is."""

    case: Case
    by: Actor
    now: datetime

    def supervises(self, verb: str) -> bool:
        user = self.by.user
        return user is not None and permissions.may(user, verb, self.case)


def unmet(case: Case, step: Step, *, by: Actor, now: datetime) -> list[Demand]:
    """Return what this step still lacks; an empty list lets it through."""
    setting = Setting(case, by.speaking_through(getattr(step, "contacted_by", None)), now)
    found = list(_contact(setting, step))
    check = _CHECKS.get(type(step))
    if check is not None:
        found += check(setting, step)
    return found


def standing(case: Case, action: Action) -> list[Demand]:
    """Return what the case itself still lacks for an action, before anything is handed in."""
    check = _STANDING.get(action)
    return list(check(case)) if check is not None else []


# ── what several steps share ──────────────────────────────────────────────────────────


def _contact(setting: Setting, step: Step) -> Iterable[Demand]:
    """A program must name who had the contact, and an e-mail needs an address."""
    channel = getattr(step, "channel", None)
    is_contact = isinstance(step, steps.Told) or (channel is not None and _ours(step))
    if is_contact and setting.by.kind is ActorKind.CLIENT and setting.by.user is None:
        yield Demand("contacted_by", "contacted_by")
    if isinstance(step, steps.Told) and step.channel is Channel.EMAIL:
        contact = setting.case.contact
        if not step.to and not (contact and contact.email):
            yield Demand("address", "to")


def _ours(step: Step) -> bool:
    return isinstance(step, steps.RecordAttempt)


def latest_solution(case: Case) -> Solution | None:
    """Return what was told last in this round, if it still stands."""
    return (
        case.solutions.filter(cycle=case.cycle, rejected_at=None, withdrawn_at=None)
        .order_by("-number")
        .first()
    )


def open_questions(case: Case) -> list[Question]:
    """Return the questions that were neither answered nor put off with a promise."""
    return [
        question
        for question in case.questions.select_related("deferred_to")
        if question.answered_at is None
        and (question.deferred_to is None or not question.deferred_to.is_open)
    ]


def attempts(case: Case) -> list[ContactRecord]:
    """Return the attempts to reach the customer since the case came to be followed up."""
    return list(
        case.contact_records.filter(
            purpose=Purpose.ATTEMPT, occurred_at__gte=case.stage_entered_at
        ).order_by("occurred_at")
    )


def _question(question: Question) -> Demand:
    return Demand("answer_question", "answers", {"number": question.number, "text": question.text})


def _vague(what: str, field: str) -> Iterable[Demand]:
    if is_vague(what):
        yield Demand("vague", field, {"text": what})


# ── what the case itself lacks ────────────────────────────────────────────────────────


def _confirm_standing(case: Case) -> Iterable[Demand]:
    last = case.restatements.order_by("-number").first()
    if last is None:
        yield Demand("restatement")
    elif last.corrected_at is not None:
        yield Demand("new_restatement")


def _correct_standing(case: Case) -> Iterable[Demand]:
    yield from _confirm_standing(case)


def _communicate_standing(case: Case) -> Iterable[Demand]:
    yield from (_question(question) for question in open_questions(case))
    for remedy in case.remedies.filter(needs_approval=True, approved_at=None, refused_at=None):
        yield Demand("remedy_approval", params={"text": remedy.description})


def _choose_standing(case: Case) -> Iterable[Demand]:
    if latest_solution(case) is None:
        yield Demand("solution")


def _carry_out_standing(case: Case) -> Iterable[Demand]:
    solution = latest_solution(case)
    if solution is None:
        yield Demand("solution")
    elif solution.chosen_id is None:
        yield Demand("choice")


def _satisfied_standing(case: Case) -> Iterable[Demand]:
    for commitment in case.commitments.filter(kept_at=None, voided_at=None):
        yield Demand("open_commitment", params={"text": commitment.what})


def _unreachable_standing(case: Case) -> Iterable[Demand]:
    made = attempts(case)
    zone = ZoneInfo(settings.TIME_ZONE)
    days = {attempt.occurred_at.astimezone(zone).date() for attempt in made}
    if len(made) < ATTEMPTS_NEEDED:
        yield Demand("attempts", params={"count": len(made)})
    elif len(days) < ATTEMPT_DAYS_NEEDED:
        yield Demand("attempt_days")


def _thanked_standing(case: Case) -> Iterable[Demand]:
    if case.kind != Kind.THANKS:
        yield Demand("thanks_only")


_STANDING: dict[Action, Callable[[Case], Iterable[Demand]]] = {
    Action.CONFIRM: _confirm_standing,
    Action.CORRECT: _correct_standing,
    Action.COMMUNICATE_SOLUTION: _communicate_standing,
    Action.CHOOSE: _choose_standing,
    Action.REJECT_SOLUTION: _choose_standing,
    Action.CARRY_OUT: _carry_out_standing,
    Action.CLOSE_SATISFIED: _satisfied_standing,
    Action.CLOSE_UNREACHABLE: _unreachable_standing,
    Action.CLOSE_THANKED: _thanked_standing,
}


# ── what is handed in ─────────────────────────────────────────────────────────────────


def _confirm(setting: Setting, step: steps.Confirm) -> Iterable[Demand]:
    if step.skip_reason:
        if not setting.supervises(permissions.SKIP_CONFIRMATION):
            yield Demand("skip_needs_supervisor", "skip_reason")
        return
    yield from _confirm_standing(setting.case)
    if not step.reply or step.channel is None:
        yield Demand("reply", "reply")


def _communicate(setting: Setting, step: steps.CommunicateSolution) -> Iterable[Demand]:
    if not step.cause and not step.cause_unknown_reason:
        yield Demand("cause", "cause")
    if not step.options:
        yield Demand("options", "options")
    if step.chosen is not None and not 1 <= step.chosen <= len(step.options):
        yield Demand("option_exists", "chosen", {"number": step.chosen})
    yield from _answers(setting, step.answers)
    given = {answer.question for answer in step.answers}
    for demand in _communicate_standing(setting.case):
        if demand.params.get("number") not in given:
            yield demand
    for promised in step.commitments:
        yield from _vague(promised.what, "commitments")


def _answers(setting: Setting, answers: Iterable[steps.QuestionAnswered]) -> Iterable[Demand]:
    known = {question.number: question for question in setting.case.questions.all()}
    for answer in answers:
        question = known.get(answer.question)
        if question is None:
            yield Demand("question_exists", "answers", {"number": answer.question})
        elif not answer.answer and not (answer.reason and answer.due_at):
            yield _question(question)


def _reply(setting: Setting, step: steps.Reply) -> Iterable[Demand]:
    yield from _answers(setting, step.answers)


def _choose(setting: Setting, step: steps.Choose) -> Iterable[Demand]:
    solution = latest_solution(setting.case)
    if solution is None:
        yield Demand("solution")
    elif not solution.options.filter(number=step.option).exists():
        yield Demand("option_exists", "option", {"number": step.option})


def _close_satisfied(setting: Setting, step: steps.CloseSatisfied) -> Iterable[Demand]:
    if step.score is None:
        yield Demand("score", "score")
    if step.cause_category is None:
        yield Demand("cause_category", "cause_category")
    if not step.lesson and not step.nothing_new:
        yield Demand("lesson", "lesson")
    yield from _satisfied_standing(setting.case)


def _pausable(setting: Setting, promise: Promise) -> Deadline | None:
    return Deadline.objects.running().filter(case=setting.case, promise=promise).first()


def _pause(setting: Setting, step: steps.Pause) -> Iterable[Demand]:
    deadline = _pausable(setting, step.promise)
    if deadline is None or deadline.state is DeadlineState.PAUSED:
        yield Demand("pause_running", "promise")
        return
    if deadline.state is DeadlineState.BREACHED:
        yield Demand("pause_breached", "promise")
        return
    maximum = deadline.pause_maximum
    if not deadline.pauses_per_cycle or maximum is None:
        yield Demand("pause_listed", "promise")
        return
    if not step.evidence:
        yield Demand("evidence", "evidence")
    if step.resume_at is not None and step.resume_at - setting.now > maximum:
        yield Demand("pause_maximum", "resume_at", {"maximum": _hours(maximum)})
    if deadline.pauses.count() >= deadline.pauses_per_cycle and not setting.supervises(
        permissions.PAUSE_FURTHER
    ):
        yield Demand("pause_needs_supervisor")


def _hours(length: timedelta) -> str:
    return f"{length.total_seconds() / 3600:g} h"


def _resume(setting: Setting, step: steps.Resume) -> Iterable[Demand]:
    deadline = _pausable(setting, step.promise)
    if deadline is None or deadline.paused_at is None:
        yield Demand("resume_paused", "promise")


def _commit(setting: Setting, step: steps.Commit) -> Iterable[Demand]:
    yield from _vague(step.what, "what")


def _commitment(setting: Setting, number: int) -> Iterable[Demand]:
    open_ones = setting.case.commitments.filter(number=number, kept_at=None, voided_at=None)
    if not open_ones.exists():
        yield Demand("commitment_open", "commitment", {"number": number})


def _keep_commitment(setting: Setting, step: steps.KeepCommitment) -> Iterable[Demand]:
    yield from _commitment(setting, step.commitment)


def _reagree(setting: Setting, step: steps.ReagreeCommitment) -> Iterable[Demand]:
    yield from _commitment(setting, step.commitment)
    told_at = step.at or setting.now
    late = setting.case.commitments.filter(number=step.commitment, due_at__lt=told_at)
    if late.exists():
        yield Demand("commitment_due", "commitment", {"number": step.commitment})


def _hand_over(setting: Setting, step: steps.HandOver) -> Iterable[Demand]:
    if not step.department and step.to_user is None:
        yield Demand("department", "department")


def _answer_hand_over(setting: Setting, step: steps.AnswerHandOver) -> Iterable[Demand]:
    open_ones = setting.case.hand_overs.filter(
        number=step.hand_over, answered_at=None, voided_at=None
    )
    if not open_ones.exists():
        yield Demand("hand_over_open", "hand_over", {"number": step.hand_over})


def _assign(setting: Setting, step: steps.Assign) -> Iterable[Demand]:
    if step.handler is None and step.team is None:
        yield Demand("something", "handler")
    team = step.team or setting.case.team
    if step.handler is None or team is None:
        return
    above = {team.supervisor_id, team.manager_id, team.duty_officer_id}
    is_member = team.members.filter(pk=step.handler.pk).exists()
    if not step.handler.is_active or not (is_member or step.handler.pk in above):
        yield Demand("handler_in_team", "handler", {"text": str(step.handler)})


def _standing_of(action: Action) -> Callable[[Setting, Step], Iterable[Demand]]:
    return lambda setting, step: _STANDING[action](setting.case)


_CHECKS: dict[type[Step], Callable[[Setting, Step], Iterable[Demand]]] = {
    steps.Correct: _standing_of(Action.CORRECT),
    steps.RejectSolution: _standing_of(Action.REJECT_SOLUTION),
    steps.CarryOut: _standing_of(Action.CARRY_OUT),
    steps.CloseUnreachable: _standing_of(Action.CLOSE_UNREACHABLE),
    steps.CloseThanked: _standing_of(Action.CLOSE_THANKED),
}


def _checks(step_class: type[S], check: Callable[[Setting, S], Iterable[Demand]]) -> None:
    def typed(setting: Setting, step: Step) -> Iterable[Demand]:
        if not isinstance(step, step_class):
            raise TypeError(step)
        return check(setting, step)

    _CHECKS[step_class] = typed


_checks(steps.Confirm, _confirm)
_checks(steps.CommunicateSolution, _communicate)
_checks(steps.Reply, _reply)
_checks(steps.Choose, _choose)
_checks(steps.CloseSatisfied, _close_satisfied)
_checks(steps.Pause, _pause)
_checks(steps.Resume, _resume)
_checks(steps.Commit, _commit)
_checks(steps.KeepCommitment, _keep_commitment)
_checks(steps.ReagreeCommitment, _reagree)
_checks(steps.HandOver, _hand_over)
_checks(steps.AnswerHandOver, _answer_hand_over)
_checks(steps.Assign, _assign)
