"""Taking steps: the one way in which a case moves, for browser, API, import and demo alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from objections import demands, lifecycle, permissions, steps
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.errors import DemandUnmet, FieldInvalid, NotPermitted, StaleVersion
from objections.locking import lock
from objections.models import Case, CaseEvent
from objections.services import (
    anytime,
    confirming,
    following_up,
    inviting,
    listening,
    merging,
    pausing,
    reclassifying,
    recurring,
    responding,
)
from objections.services.work import Work, moment
from objections.steps import Step

S = TypeVar("S", bound=Step)
_SERVICES: dict[type[Step], Callable[[Work, Step], CaseEvent]] = {}


def _serves(step_class: type[S], service: Callable[[Work, S], CaseEvent]) -> None:
    def typed(work: Work, step: Step) -> CaseEvent:
        if not isinstance(step, step_class):
            raise TypeError(step)
        return service(work, step)

    _SERVICES[step_class] = typed


_serves(steps.Acknowledge, listening.acknowledge)
_serves(steps.Restate, confirming.restate)
_serves(steps.Correct, confirming.correct)
_serves(steps.Confirm, confirming.confirm)
_serves(steps.CommunicateSolution, responding.communicate_solution)
_serves(steps.Choose, responding.choose)
_serves(steps.RejectSolution, responding.reject_solution)
_serves(steps.RefuseDemand, responding.refuse_demand)
_serves(steps.CarryOut, responding.carry_out)
_serves(steps.RecordAttempt, following_up.record_attempt)
_serves(steps.GiveVerdict, following_up.give_verdict)
_serves(steps.CloseSatisfied, following_up.close_satisfied)
_serves(steps.CloseUnreachable, following_up.close_unreachable)
_serves(steps.NotSatisfied, following_up.not_satisfied)
_serves(steps.NewObjection, following_up.new_objection)
_serves(steps.Reopen, following_up.reopen)
_serves(steps.CloseThanked, following_up.close_thanked)
_serves(steps.Withdraw, following_up.withdraw)
_serves(steps.Merge, merging.merge)
_serves(steps.Unmerge, merging.unmerge)
_serves(steps.Reclassify, reclassifying.reclassify)
_serves(steps.LinkRecurrence, recurring.link_recurrence)
_serves(steps.UnlinkRecurrence, recurring.unlink_recurrence)
_serves(steps.Pause, pausing.pause)
_serves(steps.Resume, pausing.resume)
_serves(steps.UpdateProgress, anytime.update_progress)
_serves(steps.ReceiveMessage, anytime.receive_message)
_serves(steps.Protest, anytime.protest)
_serves(steps.Reply, anytime.reply)
_serves(steps.Commit, anytime.commit)
_serves(steps.KeepCommitment, anytime.keep_commitment)
_serves(steps.ReagreeCommitment, anytime.reagree_commitment)
_serves(steps.HandOver, anytime.hand_over)
_serves(steps.AnswerHandOver, anytime.answer_hand_over)
_serves(steps.Assign, anytime.assign)
_serves(steps.WriteNote, anytime.write_note)
_serves(steps.Attach, anytime.attach)
_serves(steps.Invite, inviting.invite)


@transaction.atomic
def take_steps(
    case: Case,
    taken: Sequence[Step],
    *,
    by: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> list[CaseEvent]:
    """Take one or several steps on a case, all or none, and return one event a step.

    What fell due by ``now`` rings first, so that the timeline does not depend on when
    the sweep ran. Two people at once take turns; the second meets the case as the first
    left it. Refuses with StaleVersion where ``expected_version`` is not the case's,
    and with NotPermitted, StepRefused, DemandUnmet or FieldInvalid; then nothing has
    changed. Afterwards ``case`` is fresh.
    """
    locked = merging.lock_for(case, taken)
    if expected_version is not None and locked.version != expected_version:
        raise StaleVersion(locked)
    events = [_take(locked, step, by=by, now=now) for step in taken]
    locked.version += len(events)
    locked.updated_at = max(now, locked.updated_at)
    locked.save()
    case.refresh_from_db()
    return events


def take_step(
    case: Case, step: Step, *, by: Actor, now: datetime, expected_version: int | None = None
) -> CaseEvent:
    """Take one step; see ``take_steps``."""
    return take_steps(case, [step], by=by, now=now, expected_version=expected_version)[0]


def _take(case: Case, step: Step, *, by: Actor, now: datetime) -> CaseEvent:
    sweeping.ring_case(case, now=now)
    actor = by.speaking_through(getattr(step, "contacted_by", None))
    _filled(step)
    at = moment(step, case, now)
    if not permissions.allows(by, step.action, case):
        raise NotPermitted(step.action)
    lifecycle.check(case, step.action)
    missing = demands.unmet(case, step, by=by, now=now)
    if missing:
        raise DemandUnmet(case, step.action, missing)
    entered_at = case.stage_entered_at
    lifecycle.advance(case, step.action, at=at)
    return _SERVICES[type(step)](Work(case, actor, at, now, entered_at), step)


def _filled(step: Step) -> None:
    """Refuse a blank where the step must say something."""
    for field in fields(step):
        value = getattr(step, field.name)
        if field.default is MISSING and isinstance(value, str) and not value.strip():
            raise FieldInvalid(field.name, "empty")


__all__ = ["lock", "take_step", "take_steps"]
