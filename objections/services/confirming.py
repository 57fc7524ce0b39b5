"""Confirm: say back what we heard until the customer agrees."""

from __future__ import annotations

from collections.abc import Iterable

from objections import steps
from objections.models import Case, CaseEvent, Question, Restatement
from objections.services.work import Work
from objections.vocabulary import EventKind, Purpose


def add_questions(work: Work, texts: Iterable[str]) -> list[Question]:
    """Number and keep the customer's questions, leaving out blanks and repetitions."""
    asked = [text.strip() for text in texts if text.strip()]
    if not asked:
        return []
    known = list(work.case.questions.order_by().values_list("number", "text"))
    texts_known = {text for _number, text in known}
    number = max((number for number, _text in known), default=0)
    new: list[Question] = []
    for text in asked:
        if text in texts_known:
            continue
        texts_known.add(text)
        number += 1
        new.append(Question(case=work.case, number=number, text=text, asked_at=work.at))
    return Question.objects.bulk_create(new)


def restate(work: Work, step: steps.Restate) -> CaseEvent:
    """Put the issue into our words, beside what the customer really needs."""
    number = work.case.restatements.count() + 1
    Restatement.objects.create(
        case=work.case, number=number, text=step.restatement, position=step.position,
        interest=step.interest, restated_at=work.at,
    )  # fmt: skip
    questions = add_questions(work, step.questions)
    if step.origin is not None:
        work.case.origin = step.origin
    return work.record(
        EventKind.RESTATED, number=number, words=step.restatement, interest=step.interest,
        position=step.position, questions=[question.text for question in questions],
    )  # fmt: skip


def last_restatement(case: Case) -> Restatement:
    """Return the newest one; ``demands`` has made sure that there is one."""
    return case.restatements.order_by("-number")[0]


def correct(work: Work, step: steps.Correct) -> CaseEvent:
    """Record what the customer says is wrong in our restatement; a new one is owed."""
    work.hear(
        Purpose.CORRECTION, step.correction, channel=step.channel, with_whom=step.with_whom,
        emotion=step.emotion,
    )  # fmt: skip
    restatement = last_restatement(work.case)
    restatement.corrected_at = work.at
    restatement.agreed_at = None
    restatement.correction = step.correction
    restatement.save()
    return work.record(
        EventKind.CORRECTED, channel=step.channel, with_whom=step.with_whom,
        words=step.correction, emotion=step.emotion,
    )  # fmt: skip


def confirm(work: Work, step: steps.Confirm) -> CaseEvent:
    """Record that the customer agrees with our restatement, or why nobody asked them."""
    if step.skip_reason:
        return work.record(EventKind.CONFIRMATION_SKIPPED, words=step.skip_reason)
    work.hear(
        Purpose.CONFIRMATION, step.reply, channel=step.channel, with_whom=step.with_whom,
        emotion=step.emotion,
    )  # fmt: skip
    restatement = last_restatement(work.case)
    restatement.agreed_at = work.at
    restatement.save()
    return work.record(
        EventKind.CONFIRMED, channel=step.channel, with_whom=step.with_whom, words=step.reply,
        emotion=step.emotion,
    )  # fmt: skip
