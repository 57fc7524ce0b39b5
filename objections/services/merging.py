"""Merging a case into another one, and undoing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from objections import steps
from objections.deadlines import keeping, merging, sweeping
from objections.errors import StaleVersion
from objections.locking import lock
from objections.models import Case, CaseEvent
from objections.services import records, recurring
from objections.services.work import Work, iso
from objections.steps import Step
from objections.vocabulary import EventKind, Promise, RecomputeCause

Clocks = list[dict[str, Any]]
"""What the survivor's timeline keeps of each clock that both cases had: its key
(``deadline``), since when it ran (``was``), and the start that the other brought (``brought``)."""


def lock_for(case: Case, taken: Sequence[Step]) -> Case:
    """Lock a case, and with it those that a merge or a link among its steps writes to.

    Refuses with StaleVersion where in that very instant it was merged into another one.
    """
    named = [step.into.strip().upper() for step in taken if isinstance(step, steps.Merge)]
    others = list(Case.objects.filter(reference__in=named).values_list("pk", flat=True))
    undoes = any(isinstance(step, steps.Unmerge) for step in taken)
    if undoes:
        survivor = Case.objects.filter(pk=case.pk, merged_into__isnull=False)
        others += list(survivor.values_list("merged_into_id", flat=True))
    others += recurring.touched_by(case, taken)
    locked = lock(case, *others)
    if undoes and locked.merged_into_id not in (None, *others):
        raise StaleVersion(locked)
    return locked


def merge(work: Work, step: steps.Merge) -> CaseEvent:
    """Let a case end as a part of another one, which stays and keeps the earliest start.

    Its clocks end as merged and never alert again, what it asked other departments is
    void. The survivor's clocks of the same promises count from the earlier of both
    starts; one that this makes overdue is broken by the change.
    """
    case, now = work.case, work.now
    survivor = Case.objects.select_related("team", "handler", "customer").get(
        reference=step.into.strip().upper()
    )
    sweeping.ring_case(survivor, now=now)
    clocks = _both(survivor, merging.starts(case))
    case.merged_into, case.merged_at = survivor, now
    event = work.record(
        EventKind.MERGED, reference=survivor.reference, words=step.reason, stage=case.merged_from,
        stage_entered_at=iso(work.entered_at),
    )  # fmt: skip
    merging.end(case, at=now, now=now, by=work.by)
    case.hand_overs.filter(answered_at=None, voided_at=None).update(voided_at=now)
    theirs = Work(survivor, work.by, now, now)
    theirs.record(EventKind.ABSORBED, reference=case.reference, words=step.reason, clocks=clocks)
    wanted = {one["deadline"]: _moment(one["brought"]) for one in clocks if _earlier(one)}
    merging.restart(survivor, wanted, RecomputeCause.MERGE, now=now, by=work.by)
    _changed(survivor, now)
    return event


def unmerge(work: Work, step: steps.Unmerge) -> CaseEvent:
    """Let a merged case stand on its own again, in the stage where it stood before.

    Its clocks run again towards their former due moments; what fell due meanwhile rings
    at once, with its true moment. What an e-mail proved that bounced meanwhile is owed
    again, and terms that changed meanwhile are followed. The survivor's clocks get their
    own start back, or the earliest of the cases that are still part of it; what was
    settled since stays.
    """
    case, now = work.case, work.now
    survivor, merged_at = case.merged_into, case.merged_at
    if survivor is None or merged_at is None:
        raise ValueError("a merged case knows its survivor")
    before = case.events.filter(kind=EventKind.MERGED).latest("pk")
    case.merged_into, case.merged_at, case.merged_from = None, None, ""
    case.stage_entered_at = _moment(before.data["stage_entered_at"])
    case.save()
    event = work.record(EventKind.UNMERGED, reference=survivor.reference, words=step.reason)
    case.hand_overs.filter(answered_at=None, voided_at=merged_at).update(voided_at=None)
    merging.revive(case, merged_at=merged_at, now=now, by=work.by)
    for record in case.contact_records.filter(withdrawn_at__gte=merged_at).order_by("withdrawn_at"):
        records.take_back(case, record, now=now)
    merging.catch_up(case, since=merged_at, now=now)
    sweeping.ring_case(survivor, now=now)
    Work(survivor, work.by, now, now).record(
        EventKind.RELEASED, reference=case.reference, words=step.reason
    )
    wanted = merging.own_starts(survivor, without=case)
    merging.restart(survivor, wanted, RecomputeCause.UNMERGE, now=now, by=work.by)
    _changed(survivor, now)
    return event


def _both(survivor: Case, brought: dict[Promise, datetime]) -> Clocks:
    """Return the survivor's running clocks whose promise the other case has running, too."""
    return [
        {
            "deadline": row.pk, "was": iso(row.started_at),
            "brought": iso(brought[Promise(row.promise)]),
        }
        for row in keeping.running(survivor, list(brought))
        if row.subject is None
    ]  # fmt: skip


def _earlier(one: dict[str, Any]) -> bool:
    return _moment(one["brought"]) < _moment(one["was"])


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)


def _changed(case: Case, now: datetime) -> None:
    case.version += 1
    case.updated_at = max(now, case.updated_at)
    case.save(update_fields=["version", "updated_at"])
