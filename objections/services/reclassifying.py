"""Changing the kind or the urgency of an open case, with all that its clocks owe to that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from objections import demands, steps
from objections.deadlines import keeping, merging, proofs, recomputing, sweeping, terms
from objections.models import Case, CaseEvent
from objections.services.work import OWED_FOR_THANKS, Work
from objections.vocabulary import (
    REACHED_NOBODY,
    Direction,
    EventKind,
    Kind,
    Promise,
    Purpose,
    RecomputeCause,
    Stage,
)

BEFORE_FOLLOW_UP = (Stage.LISTEN, Stage.CONFIRM, Stage.RESPOND)
NEW_ROUND = (EventKind.SOLUTION_REJECTED, EventKind.NOT_SATISFIED, EventKind.REOPENED)


class Owed(NamedTuple):
    """A promise that a case makes from now on, since when, and what it is about."""

    promise: Promise
    since: datetime
    subject: int | None = None


def reclassify(work: Work, step: steps.Reclassify) -> CaseEvent:
    """Change kind, urgency or both. Running clocks are computed anew from their own start.

    Kept stays kept, broken stays broken. What a mere thanks does not owe ends void, and
    runs again as it was, start, pauses and all, once the case turns out to be more; what
    fell due meanwhile rings then, at its true moment. What such a case owes beside that
    runs from when it would have begun. One that the change makes overdue is broken by it:
    one entry, one rung.
    """
    case = work.case
    kind, urgency = Kind(case.kind), case.urgency
    case.kind, case.urgency = step.kind or case.kind, step.urgency or case.urgency
    ending = (
        [row for row in keeping.running(case) if row.promise not in OWED_FOR_THANKS]
        if case.kind == Kind.THANKS
        else []
    )
    event = work.record(
        EventKind.RECLASSIFIED, case_kind=case.kind, case_kind_was=kind, urgency=case.urgency,
        urgency_was=urgency, words=step.reason, ended=[row.pk for row in ending],
    )  # fmt: skip
    for deadline in ending:
        keeping.end_one(deadline, at=work.now, now=work.now, by=work.by)
    owes_more = kind == Kind.THANKS and case.kind != Kind.THANKS
    if owes_more:
        _run_again(work)
    recomputing.recompute_case(case, RecomputeCause.RECLASSIFIED, now=work.now, by=work.by)
    if owes_more:
        for owed in list(_newly_owed(case)):
            _begin(work, owed)
    return event


def _run_again(work: Work) -> None:
    """Let run again what ended when the case became a mere thanks, if it is owed still.

    What the customer was told meanwhile settles it, in time or late.
    """
    case, now = work.case, work.now
    case.save(update_fields=["kind", "urgency"])  # what rings reads the case anew
    became = case.events.filter(kind=EventKind.RECLASSIFIED, data__case_kind=Kind.THANKS)
    newest = became.exclude(data__case_kind_was=Kind.THANKS).order_by("pk").last()
    ended = newest.data.get("ended", []) if newest is not None else []
    rows = case.deadlines.select_for_update(no_key=True).filter(pk__in=ended, ended_as="void")
    for deadline in rows.order_by("pk"):
        deadline.case = case
        promise = Promise(deadline.promise)
        proof = proofs.given_meanwhile(deadline)
        still_owed = _owes(case, promise, deadline.cycle)
        runs = case.deadlines.running().filter(promise=promise, subject=deadline.subject)
        if (proof is None and not still_owed) or runs.exists():
            continue
        merging.revive_one(deadline, now=now, by=work.by)
        if proof is not None:
            proofs.settle(deadline, proof, now=now, by=work.by)
    starts = merging.own_starts(case)
    merging.restart(case, starts, RecomputeCause.RECLASSIFIED, now=now, by=work.by)
    sweeping.ring_case(case, now=now)


def _owes(case: Case, promise: Promise, cycle: int) -> bool:
    """True where a case that is no mere thanks owes this promise of its own in its stage."""
    if promise is Promise.RESPONSE:
        told = demands.latest_solution(case) is not None
        return cycle == case.cycle and case.stage in BEFORE_FOLLOW_UP and not told
    if promise is Promise.PROGRESS_UPDATE:
        return case.stage in keeping.PROGRESS_OWED_IN
    if promise is Promise.FOLLOW_UP:
        judged = demands.standing_verdict(case) is not None
        return cycle == case.cycle and case.stage == Stage.FOLLOW_UP and not judged
    return promise is Promise.CUSTOMER_MESSAGE


def _newly_owed(case: Case) -> Iterator[Owed]:
    """Yield what a case owes that was a mere thanks before, and that does not run yet."""
    running = {(row.promise, row.subject) for row in keeping.running(case)}
    began: dict[Promise, Callable[[Case], datetime]] = {
        Promise.RESPONSE: _round_began,
        Promise.PROGRESS_UPDATE: _last_told,
        Promise.FOLLOW_UP: lambda case: case.stage_entered_at,
    }
    for promise, since in began.items():
        if _owes(case, promise, case.cycle) and (promise, None) not in running:
            yield Owed(promise, since(case))
    for message in case.contact_records.filter(purpose=Purpose.MESSAGE, answered_at=None):
        if (Promise.CUSTOMER_MESSAGE, message.pk) not in running:
            yield Owed(Promise.CUSTOMER_MESSAGE, message.occurred_at, message.pk)


def _round_began(case: Case) -> datetime:
    """Return since when this round's response is owed: since the customer spoke, in the first."""
    begun = case.events.filter(kind__in=NEW_ROUND, data__cycle=case.cycle)
    event = begun.order_by("pk").last() if case.cycle > 1 else None
    if event is None:
        return case.received_at
    return keeping.counts_at(at=event.occurred_at, now=event.recorded_at)


def _last_told(case: Case) -> datetime:
    """Return when the customer last heard from us, from which the next update is counted."""
    told = case.contact_records.filter(direction=Direction.OUTBOUND, withdrawn_at=None)
    newest = (
        told.exclude(purpose__in=REACHED_NOBODY)
        .order_by("-counts_at")
        .values_list("counts_at", flat=True)
        .first()
    )
    return newest or case.received_at


def _begin(work: Work, owed: Owed) -> None:
    """Start a clock that has been owed for a while already.

    Warnings that would lie in the past are not given late; overdue from the start, it is
    broken by the change.
    """
    case, now = work.case, work.now
    [deadline] = keeping.start(case, [owed.promise], at=now, now=now, subject=owed.subject)
    if owed.since < now:
        given = terms.find(case, [owed.promise])[owed.promise]
        recomputing.recompute(
            deadline, given, cause=RecomputeCause.RECLASSIFIED, now=now, by=work.by,
            started_at=owed.since,
        )  # fmt: skip
