"""Pausing and resuming a clock, within what the policy allows."""

from __future__ import annotations

from objections import steps
from objections.deadlines import keeping
from objections.escalation import facts
from objections.models import CaseEvent
from objections.services.work import Work, ahead
from objections.vocabulary import EventKind


def pause(work: Work, step: steps.Pause) -> CaseEvent:
    """Stop a clock at once, until the time named or the policy's maximum."""
    [deadline] = keeping.running(work.case, [step.promise])
    if deadline.pause_maximum is None:
        raise ValueError("demands let a promise through that may not be paused")
    resume_at = step.resume_at or work.now + deadline.pause_maximum
    ahead("resume_at", resume_at, work.now)
    row = keeping.pause(
        deadline, reason=step.reason, evidence=step.evidence, resume_at=resume_at, now=work.now,
        by=work.by,
    )  # fmt: skip
    work.at = work.now
    return work.record(
        EventKind.DEADLINE_PAUSED, reason=row.reason, words=row.evidence,
        resume_at=row.resume_at.isoformat(), **facts(deadline),
    )  # fmt: skip


def resume(work: Work, step: steps.Resume) -> CaseEvent:
    """Let a paused clock run on at once."""
    [deadline] = keeping.running(work.case, [step.promise])
    keeping.resume(deadline, now=work.now)
    work.at = work.now
    return work.record(
        EventKind.DEADLINE_RESUMED, due_at=str(deadline.due_at and deadline.due_at.isoformat()),
        **facts(deadline),
    )  # fmt: skip
