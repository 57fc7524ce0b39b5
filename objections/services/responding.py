"""Respond: cause and solution told, an option chosen, the solution carried out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from objections import demands, steps
from objections.deadlines import keeping
from objections.models import (
    Case,
    CaseEvent,
    Commitment,
    ContactRecord,
    Option,
    RefusedDemand,
    Solution,
)
from objections.services.work import Work, ahead
from objections.vocabulary import EventKind, Promise, Purpose


def make_commitment(work: Work, what: str, due_at: datetime) -> Commitment:
    """Keep a promise to the customer as a row with a clock of its own."""
    ahead("due_at", due_at, work.now)
    number = work.case.commitments.count() + 1
    commitment = Commitment.objects.create(
        case=work.case, number=number, what=what, due_at=due_at, made_at=work.at
    )
    keeping.start(
        work.case, [Promise.COMMITMENT], at=work.at, now=work.now, subject=number, due_at=due_at
    )
    return commitment


def answer_questions(
    work: Work, answers: Iterable[steps.QuestionAnswered], contact: ContactRecord
) -> None:
    """Write answers to their questions; a reason becomes a promise to answer by its time."""
    known = {question.number: question for question in work.case.questions.all()}
    for given in answers:
        question = known[given.question]
        if given.answer.strip():
            question.answer, question.answered_at = given.answer, work.at
            question.answered_in = contact
        elif given.due_at is not None:
            question.deferred_reason = given.reason
            question.deferred_to = make_commitment(work, question.text, given.due_at)
        question.save()


def communicate_solution(work: Work, step: steps.CommunicateSolution) -> CaseEvent:
    """Record that cause and solution were told to the customer; keeps the response.

    What it commits to starts its own clocks, and the next progress update is due until
    the solution has been carried out.
    """
    contact = work.tell(Purpose.SOLUTION, step, step.message)
    solution = _write_solution(work, step, contact)
    answer_questions(work, step.answers, contact)
    if step.cause_category is not None:
        work.case.cause_category = step.cause_category
    event = work.record(
        EventKind.SOLUTION_COMMUNICATED, channel=step.channel, with_whom=contact.with_whom,
        words=step.message, cause=step.cause, cause_unknown_reason=step.cause_unknown_reason,
        options=[option.title for option in step.options], chosen=step.chosen,
        answers=[answer.question for answer in step.answers], number=solution.number,
        emotion=step.emotion, contact=contact.pk,
    )  # fmt: skip
    work.keep(Promise.RESPONSE, Promise.PROGRESS_UPDATE, proof=contact)
    for promised in step.commitments:
        make_commitment(work, promised.what, promised.due_at)
    keeping.close_reasons(work.case, at=work.at, now=work.now, by=work.by)
    work.start(Promise.PROGRESS_UPDATE)
    return event


def _write_solution(
    work: Work, step: steps.CommunicateSolution, contact: ContactRecord
) -> Solution:
    solution = Solution.objects.create(
        case=work.case, cycle=work.case.cycle, number=work.case.solutions.count() + 1,
        cause=step.cause, cause_unknown_reason=step.cause_unknown_reason,
        cause_category=step.cause_category or "", told_in=contact, communicated_at=work.at,
    )  # fmt: skip
    options = Option.objects.bulk_create(
        Option(
            solution=solution, number=number, title=offered.title, benefit=offered.benefit,
            drawback=offered.drawback, duration=offered.duration, cost=offered.cost,
        )
        for number, offered in enumerate(step.options, 1)
    )  # fmt: skip
    if step.chosen is not None:
        _choose(work, solution, options[step.chosen - 1])
    return solution


def _choose(work: Work, solution: Solution, option: Option) -> None:
    solution.chosen, solution.chosen_at = option, work.at
    solution.save(update_fields=["chosen", "chosen_at"])


def standing_solution(work: Work) -> Solution:
    """Return the solution that stands; ``demands`` has made sure that there is one."""
    solution = demands.latest_solution(work.case)
    if solution is None:
        raise ValueError("no solution stands in this round")
    return solution


def choose(work: Work, step: steps.Choose) -> CaseEvent:
    """Record which option the customer chose. They may change their mind."""
    solution = standing_solution(work)
    option = solution.options.get(number=step.option)
    work.hear(
        Purpose.CHOICE, step.reply, channel=step.channel, with_whom=step.with_whom,
        emotion=step.emotion,
    )  # fmt: skip
    _choose(work, solution, option)
    return work.record(
        EventKind.OPTION_CHOSEN, channel=step.channel, with_whom=step.with_whom,
        words=step.reply, option=option.number, title=option.title, emotion=step.emotion,
    )  # fmt: skip


def reject_solution(work: Work, step: steps.RejectSolution) -> CaseEvent:
    """Record that the customer does not want the solution: another response is owed."""
    solution = work.case.solutions.filter(rejected_at=None, withdrawn_at=None).order_by("-number")[
        0
    ]
    solution.rejected_at, solution.reject_reason = work.at, step.reason
    solution.save(update_fields=["rejected_at", "reject_reason"])
    work.hear(
        Purpose.REJECTION, step.reason, channel=step.channel, with_whom=step.with_whom,
        emotion=step.emotion,
    )  # fmt: skip
    event = work.record(
        EventKind.SOLUTION_REJECTED, channel=step.channel, with_whom=step.with_whom,
        words=step.reason, number=solution.number, cycle=work.case.cycle, emotion=step.emotion,
    )  # fmt: skip
    begin_round(work)
    return event


def begin_round(work: Work) -> None:
    """Start the clocks of another round: a response, and progress updates if none run."""
    work.end(Promise.RESPONSE)
    work.start(Promise.RESPONSE)
    if not keeping.running(work.case, [Promise.PROGRESS_UPDATE]):
        work.start(Promise.PROGRESS_UPDATE)


def refuse_demand(work: Work, step: steps.RefuseDemand) -> CaseEvent:
    """Record that we refused a demand, told with the reason, the rule and an alternative.

    It tells the customer how things stand, so it keeps a progress update; never the response.
    """
    message = step.message.strip() or refusal(step, work.case)
    contact = work.tell(Purpose.REFUSAL, step, message)
    RefusedDemand.objects.create(
        case=work.case, demand=step.demand, reason=step.reason, rule=step.rule,
        alternative=step.alternative, told_in=contact, refused_at=work.at,
    )  # fmt: skip
    event = work.record(
        EventKind.DEMAND_REFUSED, channel=step.channel, with_whom=contact.with_whom,
        words=message, demand=step.demand, reason=step.reason, rule=step.rule,
        alternative=step.alternative, emotion=step.emotion, contact=contact.pk,
    )  # fmt: skip
    work.keep(Promise.PROGRESS_UPDATE, proof=contact)
    if work.case.stage in keeping.PROGRESS_OWED_IN:
        work.start(Promise.PROGRESS_UPDATE)
    return event


def refusal(step: steps.RefuseDemand, case: Case) -> str:
    """Return what the customer is told where nobody worded it, in the customer's language."""
    language = (case.customer.language if case.customer else "") or settings.LANGUAGE_CODE
    with translation.override(language):
        return "\n".join(
            (
                _("You asked for this: {demand}").format(demand=step.demand),
                _("We cannot do it. The reason: {reason}").format(reason=step.reason),
                _("It rests on this rule: {rule}").format(rule=step.rule),
                _("What we can do instead: {alternative}").format(alternative=step.alternative),
            )
        )


def carry_out(work: Work, step: steps.CarryOut) -> CaseEvent:
    """Record that the solution is done and the customer saw it; the follow-up starts."""
    solution = standing_solution(work)
    solution.carried_out_at, solution.proof = work.at, step.proof
    solution.save(update_fields=["carried_out_at", "proof"])
    event = work.record(EventKind.CARRIED_OUT, words=step.proof, number=solution.number)
    work.end(Promise.PROGRESS_UPDATE)
    work.start(Promise.FOLLOW_UP)
    return event
