"""Pausing and resuming a clock, within what the policy allows."""

from __future__ import annotations

from objections import steps
from objections.deadlines import keeping
from objections.escalation import facts
from objections.models import CaseEvent, Deadline
from objections.services.work import Work, ahead, iso
from objections.vocabulary import EventKind, Promise


def pause(work: Work, step: steps.Pause) -> CaseEvent:
    """Stop a clock at once, until the time named or the policy's maximum."""
    deadline = _of_the_case(work, step.promise)
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
        resume_at=iso(row.resume_at), **facts(deadline),
    )  # fmt: skip


def resume(work: Work, step: steps.Resume) -> CaseEvent:
    """Let a paused clock run on at once."""
    deadline = _of_the_case(work, step.promise)
    keeping.resume(deadline, now=work.now)
    work.at = work.now
    return work.record(EventKind.DEADLINE_RESUMED, due_at=iso(deadline.due_at), **facts(deadline))


def _of_the_case(work: Work, promise: Promise) -> Deadline:
    """Return the running clock of the case itself; one of a subject is never paused."""
    [deadline] = [row for row in keeping.running(work.case, [promise]) if row.subject is None]
    return deadline
