"""Asking what a step still lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from objections import steps
from objections.actors import Actor
from objections.demands import alongside, moving, stages, words
from objections.demands.record import STANDING
from objections.demands.setting import Setting
from objections.errors import Demand
from objections.models import Case
from objections.steps import Step
from objections.vocabulary import Action

S = TypeVar("S", bound=Step)
_CHECKS: dict[type[Step], Callable[[Setting, Step], Iterable[Demand]]] = {}


def unmet(case: Case, step: Step, *, by: Actor, now: datetime) -> list[Demand]:
    """Return what this step still lacks; an empty list lets it through."""
    setting = Setting(case, by.speaking_through(getattr(step, "contacted_by", None)), now)
    found = list(words.contact(setting, step))
    check = _CHECKS.get(type(step))
    found += check(setting, step) if check is not None else standing(case, step.action)
    return found


def standing(case: Case, action: Action) -> list[Demand]:
    """Return what the case itself still lacks for an action, before anything is handed in."""
    check = STANDING.get(action)
    return list(check(case)) if check is not None else []


def _checks(step_class: type[S], check: Callable[[Setting, S], Iterable[Demand]]) -> None:
    def typed(setting: Setting, step: Step) -> Iterable[Demand]:
        if not isinstance(step, step_class):
            raise TypeError(step)
        return check(setting, step)

    _CHECKS[step_class] = typed


_checks(steps.Confirm, stages.confirm)
_checks(steps.CommunicateSolution, stages.communicate)
_checks(steps.Choose, stages.choose)
_checks(steps.GiveVerdict, stages.give_verdict)
_checks(steps.CloseSatisfied, stages.close_satisfied)
_checks(steps.NotSatisfied, stages.not_satisfied)
_checks(steps.Merge, moving.merge)
_checks(steps.Unmerge, moving.unmerge)
_checks(steps.Reclassify, moving.reclassify)
_checks(steps.LinkRecurrence, moving.link_recurrence)
_checks(steps.UnlinkRecurrence, moving.unlink_recurrence)
_checks(steps.Invite, alongside.invite)
_checks(steps.Reply, alongside.reply)
_checks(steps.Pause, alongside.pause)
_checks(steps.Resume, alongside.resume)
_checks(steps.Commit, alongside.commit)
_checks(steps.KeepCommitment, alongside.keep_commitment)
_checks(steps.ReagreeCommitment, alongside.reagree)
_checks(steps.HandOver, alongside.hand_over)
_checks(steps.AnswerHandOver, alongside.answer_hand_over)
_checks(steps.Assign, alongside.assign)
