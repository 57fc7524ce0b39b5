"""What the steps that lead through the stages demand of what is handed in."""

from __future__ import annotations

from collections.abc import Iterable

from objections import permissions, steps
from objections.demands import words
from objections.demands.record import STANDING, latest_solution, standing_verdict
from objections.demands.setting import Setting
from objections.errors import Demand, FieldInvalid
from objections.vocabulary import Action, ActorKind


def confirm(setting: Setting, step: steps.Confirm) -> Iterable[Demand]:
    if step.skip_reason.strip():
        if not setting.supervises(permissions.SKIP_CONFIRMATION):
            yield Demand("skip_needs_supervisor", "skip_reason")
        return
    yield from STANDING[Action.CONFIRM](setting.case)
    clicked = setting.by.kind is ActorKind.CUSTOMER
    if not (clicked or step.reply.strip()) or step.channel is None:
        yield Demand("reply", "reply")


def communicate(setting: Setting, step: steps.CommunicateSolution) -> Iterable[Demand]:
    if not step.cause.strip() and not step.cause_unknown_reason.strip():
        yield Demand("cause", "cause")
    yield from _options(step)
    yield from words.answers(setting, step.answers)
    given = {answer.question for answer in step.answers}
    for demand in STANDING[Action.COMMUNICATE_SOLUTION](setting.case):
        if demand.params.get("number") not in given:
            yield demand
    for promised in step.commitments:
        yield from words.promise(promised.what, "commitments")


def _options(step: steps.CommunicateSolution) -> Iterable[Demand]:
    if not step.options:
        yield Demand("options", "options")
    for option in step.options:
        if not option.title.strip():
            raise FieldInvalid("options", "empty")
        if option.cost is not None and option.cost < 0:
            raise FieldInvalid("options", "negative")
    if step.chosen is not None and not 1 <= step.chosen <= len(step.options):
        yield Demand("option_exists", "chosen", {"number": step.chosen})


def choose(setting: Setting, step: steps.Choose) -> Iterable[Demand]:
    solution = latest_solution(setting.case)
    if solution is None:
        yield Demand("solution")
    elif not solution.options.filter(number=step.option).exists():
        yield Demand("option_exists", "option", {"number": step.option})


def give_verdict(_setting: Setting, step: steps.GiveVerdict) -> Iterable[Demand]:
    if step.score is None:
        yield Demand("score", "score")
    yield from words.score(step.score)


def close_satisfied(setting: Setting, step: steps.CloseSatisfied) -> Iterable[Demand]:
    """The customer's own click closes with what they can know: score and words.

    Cause category and lesson are ours to write down; nobody asks the customer for them. A
    score that is on record of this round need not be given again.
    """
    if step.score is None and standing_verdict(setting.case) is None:
        yield Demand("score", "score")
    yield from words.score(step.score)
    if setting.by.kind is not ActorKind.CUSTOMER:
        if step.cause_category is None:
            yield Demand("cause_category", "cause_category")
        if not step.lesson.strip() and not step.nothing_new:
            yield Demand("lesson", "lesson")
    yield from STANDING[Action.CLOSE_SATISFIED](setting.case)


def not_satisfied(setting: Setting, step: steps.NotSatisfied) -> Iterable[Demand]:
    yield from words.score(step.score)
