"""What steps demand alike: who had the contact, and words that say something."""

from __future__ import annotations

from collections.abc import Iterable

from objections import steps
from objections.demands.record import unanswered
from objections.demands.setting import Setting
from objections.errors import Demand, FieldInvalid
from objections.steps import Step
from objections.vagueness import is_vague
from objections.vocabulary import Channel


def contact(setting: Setting, step: Step) -> Iterable[Demand]:
    """A human contact has a person of ours behind it, and an e-mail needs an address.

    So an automatic receipt, by a program or by the system, never is one.
    """
    case = setting.case
    if isinstance(step, (steps.Told, steps.RecordAttempt)) and not case.is_historical:
        person = setting.by.user
        if person is None or not person.is_active:
            yield Demand("contacted_by", "contacted_by")
    by_mail = isinstance(step, steps.Told) and step.channel is Channel.EMAIL
    if by_mail and not (getattr(step, "to", "") or (case.contact and case.contact.email)):
        yield Demand("address", "to")


def promise(what: str, field: str) -> Iterable[Demand]:
    """A promise says what exactly will be done."""
    if not what.strip():
        raise FieldInvalid(field, "empty")
    if is_vague(what):
        yield Demand("vague", field, {"text": what})


def answers(setting: Setting, given: Iterable[steps.QuestionAnswered]) -> Iterable[Demand]:
    """An answer belongs to a question, and says something, or why not yet and by when."""
    known = {question.number: question for question in setting.case.questions.all()}
    for answer in given:
        question = known.get(answer.question)
        if question is None:
            yield Demand("question_exists", "answers", {"number": answer.question})
        elif not answer.answer.strip() and not (answer.reason.strip() and answer.due_at):
            yield unanswered(question)


def score(value: int | None) -> Iterable[Demand]:
    if value is not None and not 1 <= value <= 5:
        yield Demand("score", "score")
