"""Which words of a step the customer hears."""

from __future__ import annotations

from collections.abc import Iterable

from objections.steps import (
    Acknowledge,
    CommunicateSolution,
    QuestionAnswered,
    ReagreeCommitment,
    RefuseDemand,
    Reply,
    Restate,
    Step,
    UpdateProgress,
)

TOLD = (
    Acknowledge, UpdateProgress, Reply, CommunicateSolution, ReagreeCommitment, RefuseDemand,
)  # fmt: skip


def is_told(step: Step) -> bool:
    """Tell whether a step tells the customer something in words that the coach can read."""
    return isinstance(step, TOLD)


def answers(step: Step) -> bool:
    """Tell whether a step is where the customer's questions are to be answered."""
    return isinstance(step, CommunicateSolution | Reply)


def beside(step: Step) -> frozenset[str]:
    """Return what the coach need not look for, because the form has a field of its own for it."""
    has_next = isinstance(step, Acknowledge) and (step.next_step or step.next_by)
    return frozenset({"missing_manners.next_step"}) if has_next else frozenset()


def words(step: Step) -> str:
    """Return what the customer hears of a step; nothing where they hear nothing."""
    return "\n".join(part.strip() for part in _parts(step) if part.strip())


def put_off(step: Step) -> int:
    """Return how many questions a step puts off instead of answering them."""
    return sum(1 for one in _answers(step) if one.reason and not one.answer)


def _parts(step: Step) -> Iterable[str]:
    if isinstance(step, Acknowledge):
        return (step.summary, step.next_step)
    if isinstance(step, Restate):
        return (step.restatement, step.interest)
    if isinstance(step, CommunicateSolution):
        options = [f"{n}. {one.title}" for n, one in enumerate(step.options, start=1)]
        return (step.message, step.cause, *options, *_answered(step))
    if isinstance(step, UpdateProgress | Reply | ReagreeCommitment | RefuseDemand):
        return (step.message, *_answered(step))
    return ()


def _answers(step: Step) -> tuple[QuestionAnswered, ...]:
    return step.answers if isinstance(step, CommunicateSolution | Reply) else ()


def _answered(step: Step) -> list[str]:
    return [one.answer or one.reason for one in _answers(step)]
