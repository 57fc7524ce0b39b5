"""What is on record already, and what the case itself still lacks for an action."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from django.conf import settings

from objections.errors import Demand
from objections.models import Case, ContactRecord, Question, Solution, Verdict
from objections.vocabulary import Action, Kind, Purpose

ATTEMPTS_NEEDED = 3
ATTEMPT_DAYS_NEEDED = 2
LONGEST_QUOTE = 120


def latest_solution(case: Case) -> Solution | None:
    """Return what was told last in this round, if it still stands."""
    return (
        case.solutions.filter(cycle=case.cycle, rejected_at=None, withdrawn_at=None)
        .order_by("-number")
        .first()
    )


def standing_verdict(case: Case) -> Verdict | None:
    """Return the last word of the customer in this round, if they are content."""
    last = case.verdicts.filter(cycle=case.cycle).order_by("given_at", "pk").last()
    return last if last is not None and last.satisfied else None


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


def attempt_days(made: Iterable[ContactRecord]) -> int:
    """Return on how many days attempts were made, by the moments at which they count."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return len({attempt.counts_at.astimezone(zone).date() for attempt in made})


def unanswered(question: Question) -> Demand:
    return Demand("answer_question", "answers", {"number": question.number, "text": question.text})


def _confirm(case: Case) -> Iterable[Demand]:
    last = case.restatements.order_by("-number").first()
    if last is None:
        yield Demand("restatement")
    elif last.corrected_at is not None:
        yield Demand("new_restatement")


def _communicate(case: Case) -> Iterable[Demand]:
    yield from (unanswered(question) for question in open_questions(case))
    for remedy in case.remedies.filter(needs_approval=True, approved_at=None, refused_at=None):
        yield Demand("remedy_approval", params={"text": remedy.description})


def _choose(case: Case) -> Iterable[Demand]:
    if latest_solution(case) is None:
        yield Demand("solution")


def _carry_out(case: Case) -> Iterable[Demand]:
    solution = latest_solution(case)
    if solution is None:
        yield Demand("solution")
    elif solution.chosen_id is None:
        yield Demand("choice")


def _close_satisfied(case: Case) -> Iterable[Demand]:
    for commitment in case.commitments.filter(kept_at=None, voided_at=None):
        yield Demand("open_commitment", params={"text": commitment.what})


def _close_unreachable(case: Case) -> Iterable[Demand]:
    """Days are counted where we work, and by the moments at which the attempts count.

    So three attempts written down in one go, two of them dated back, are one day.
    """
    made = attempts(case)
    if len(made) < ATTEMPTS_NEEDED:
        yield Demand("attempts", params={"count": len(made)})
    elif attempt_days(made) < ATTEMPT_DAYS_NEEDED:
        yield Demand("attempt_days")


def _merge(case: Case) -> Iterable[Demand]:
    """What the customer was promised, or wrote, must not vanish with a case of its own."""
    for commitment in case.commitments.filter(kept_at=None, voided_at=None):
        yield Demand("merge_commitment", params={"text": commitment.what})
    for message in case.contact_records.filter(purpose=Purpose.MESSAGE, answered_at=None):
        yield Demand("merge_message", params={"text": message.words[:LONGEST_QUOTE]})


def _close_thanked(case: Case) -> Iterable[Demand]:
    if case.kind != Kind.THANKS:
        yield Demand("thanks_only")


STANDING: dict[Action, Callable[[Case], Iterable[Demand]]] = {
    Action.CONFIRM: _confirm,
    Action.CORRECT: _confirm,
    Action.COMMUNICATE_SOLUTION: _communicate,
    Action.CHOOSE: _choose,
    Action.REJECT_SOLUTION: _choose,
    Action.CARRY_OUT: _carry_out,
    Action.CLOSE_SATISFIED: _close_satisfied,
    Action.CLOSE_UNREACHABLE: _close_unreachable,
    Action.CLOSE_THANKED: _close_thanked,
    Action.MERGE: _merge,
}
