"""Changing the kind or the urgency of an open case, with all that its clocks owe to that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from objections import demands, steps
from objections.deadlines import keeping, merging, recomputing, terms
from objections.models import Case, CaseEvent
from objections.services.work import OWED_FOR_THANKS, Work
from objections.vocabulary import (
    Direction,
    EventKind,
    Kind,
    Promise,
    RecomputeCause,
    Stage,
)

BEFORE_FOLLOW_UP = (Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND)


def reclassify(work: Work, step: steps.Reclassify) -> CaseEvent:
    """Change kind, urgency or both. Running clocks are computed anew from their own start.

    Kept stays kept, broken stays broken. What the new kind does not owe ends void; what it
    owes beside that runs from when the customer spoke. One that the change makes overdue
    is broken by it: one entry, one rung.
    """
    case = work.case
    kind, urgency = Kind(case.kind), case.urgency
    case.kind, case.urgency = step.kind or case.kind, step.urgency or case.urgency
    event = work.record(
        EventKind.RECLASSIFIED, case_kind=case.kind, case_kind_was=kind, urgency=case.urgency,
        urgency_was=urgency, words=step.reason,
    )  # fmt: skip
    if case.kind == Kind.THANKS:
        _end_what_thanks_do_not_owe(work)
    recomputing.recompute_case(case, RecomputeCause.RECLASSIFIED, now=work.now, by=work.by)
    if kind == Kind.THANKS and case.kind != Kind.THANKS:
        for promise, since in _newly_owed(case):
            _begin(work, promise, since)
    return event


def _end_what_thanks_do_not_owe(work: Work) -> None:
    for deadline in keeping.running(work.case):
        if deadline.promise not in OWED_FOR_THANKS:
            keeping.end_one(deadline, at=work.now, now=work.now, by=work.by)


def _newly_owed(case: Case) -> Iterator[tuple[Promise, datetime]]:
    """Yield what a case owes that was a mere thanks before, and since when."""
    if case.stage in BEFORE_FOLLOW_UP and demands.latest_solution(case) is None:
        yield Promise.RESPONSE, case.received_at
    if case.stage in keeping.PROGRESS_OWED_IN:
        yield Promise.PROGRESS_UPDATE, _last_told(case)
    if case.stage == Stage.FOLLOW_UP:
        yield Promise.FOLLOW_UP, case.stage_entered_at


def _last_told(case: Case) -> datetime:
    """Return when the customer last heard from us, from which the next update is counted."""
    told = case.contact_records.filter(direction=Direction.OUTBOUND, withdrawn_at=None)
    newest = told.order_by("-counts_at").values_list("counts_at", flat=True).first()
    return newest or case.received_at


def _begin(work: Work, promise: Promise, since: datetime) -> None:
    """Start a clock that has been owed for a while already.

    Warnings that would lie in the past are not given late; overdue from the start, it is
    broken by the change. One that was broken in this round already stays that one.
    """
    case, now = work.case, work.now
    broken = case.deadlines.filter(
        promise=promise, cycle=case.cycle, subject=None, ended_as="void", breached_at__isnull=False
    ).last()
    if broken is not None and promise is not Promise.PROGRESS_UPDATE:
        broken.case = case
        merging.revive_one(broken, now=now, by=work.by)
        return
    [deadline] = keeping.start(case, [promise], at=now, now=now)
    if since < now:
        given = terms.find(case, [promise])[promise]
        recomputing.recompute(
            deadline, given, cause=RecomputeCause.RECLASSIFIED, now=now, by=work.by,
            started_at=since,
        )  # fmt: skip
