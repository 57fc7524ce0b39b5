"""Cases that other systems brought to us with their past behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from objections import lifecycle, timeline
from objections.actors import Actor
from objections.deadlines import keeping, sweeping
from objections.models import Case
from objections.openings import Opening
from objections.services import cases
from objections.services.stepping import lock
from objections.services.work import Work
from objections.vocabulary import (
    Direction,
    EventKind,
    Kind,
    Promise,
    Purpose,
    Stage,
)

BEHIND: dict[Stage, tuple[Promise, ...]] = {
    Stage.LISTEN: (),
    Stage.CONFIRM: (Promise.ACKNOWLEDGEMENT,),
    Stage.RESPOND: (Promise.ACKNOWLEDGEMENT,),
    Stage.FOLLOW_UP: (Promise.ACKNOWLEDGEMENT, Promise.RESPONSE, Promise.PROGRESS_UPDATE),
    Stage.CLOSED: tuple(Promise),
    Stage.WITHDRAWN: tuple(Promise),
}
"""The promises that a stage has left behind. How they went is not known, so they end as void."""

OWED: dict[Stage, Promise] = {
    Stage.CONFIRM: Promise.PROGRESS_UPDATE,
    Stage.RESPOND: Promise.PROGRESS_UPDATE,
    Stage.FOLLOW_UP: Promise.FOLLOW_UP,
}
"""What an observed case owes in a stage. Since when is not known, so it counts from now."""

DESCRIBED = (
    "received_at", "kind", "urgency", "channel", "customer", "product", "team", "serial",
    "symptom_codes", "title", "statement",
)  # fmt: skip
"""What a source says of a case, and may say otherwise the next time."""


@transaction.atomic
def open_imported(
    opening: Opening, stage: Stage, *, fingerprint: str, by: Actor, now: datetime
) -> Case:
    """Open a case of another system's, in the stage where that says that it stands.

    Historical clocks are kept for the record and never ring; observed ones run and show,
    and nobody is alerted; live ones ring. ``fingerprint`` stands for what the source
    said; ``left_as`` gives it back. Refuses what ``open_case`` refuses, and (ValueError)
    a live case beyond the first stage.
    """
    case = cases.open_case(opening, by=by, now=now)
    if stage is not Stage.LISTEN:
        _place(case, stage, at=case.received_at, now=now, by=by)
    _leave(case, fingerprint, by=by, now=now, again=False)
    return case


@transaction.atomic
def amend_imported(
    case: Case, opening: Opening, stage: Stage, *, fingerprint: str, by: Actor, now: datetime
) -> bool:
    """Bring a case up to date with its source, unless somebody has worked on it since.

    Then it stays as it is, and the answer is False. Clocks follow a changed moment of
    receipt. The version rises, as with each change. The mode of its clocks stays.
    """
    locked = lock(case)
    if worked_on(locked):
        return False
    received_at = opening.received_at or locked.received_at
    moved = received_at != locked.received_at
    work = Work(locked, by, received_at, now)
    sweeping.ring_case(locked, now=now)
    _describe(work, replace(opening, clock_mode=locked.clock_mode_enum))
    if moved:
        keeping.end(locked, at=now, now=now, by=by)
        cases.start_clocks(work)
    locked.version += 1
    locked.updated_at = now
    locked.save()
    if stage != locked.stage or locked.is_historical:
        _place(locked, stage, at=locked.received_at, now=now, by=by)
    _leave(locked, fingerprint, by=by, now=now, again=True)
    case.refresh_from_db()
    return True


@transaction.atomic
def place_historical(case: Case, stage: Stage, *, at: datetime, now: datetime, by: Actor) -> None:
    """Put a case with a past into a stage, and end what that stage has left behind as void.

    When it came there is not known; ``at`` stands for it. Refuses (ValueError) a live
    case.
    """
    _place(lock(case), stage, at=at, now=now, by=by)
    case.refresh_from_db()


def _place(case: Case, stage: Stage, *, at: datetime, now: datetime, by: Actor) -> None:
    lifecycle.place(case, stage, at=at)
    case.save(update_fields=["stage", "stage_entered_at", "closed_at"])
    if BEHIND[stage]:
        keeping.end(case, BEHIND[stage], at=at, now=now, by=by)
    owed = OWED.get(stage)
    starts = case.is_observed and owed is not None and case.kind != Kind.THANKS
    if owed is not None and starts and not keeping.running(case, [owed]):
        keeping.start(case, [owed], at=now, now=now)


def left_as(case: Case) -> tuple[str, int] | None:
    """Return the fingerprint and the version that the last import left; None if none did."""
    newest = case.events.filter(kind=EventKind.IMPORTED).order_by("-pk").first()
    if newest is None:
        return None
    return str(newest.data["fingerprint"]), int(newest.data["version"])


def worked_on(case: Case) -> bool:
    """Tell whether a person or a program has changed the case since it was brought in."""
    left = left_as(case)
    return left is None or case.version > left[1]


def _describe(work: Work, opening: Opening) -> None:
    """Write what the source says now over what it said before."""
    case = work.case
    said = cases.build(opening, None, work.by, work.at, work.now)
    for name in DESCRIBED:
        setattr(case, name, getattr(said, name))
    case.contact_records.filter(purpose=Purpose.OPENING).delete()
    if opening.channel is not None:
        work.contact(
            Purpose.OPENING, Direction.INBOUND, channel=opening.channel, words=opening.statement
        )


def _leave(case: Case, fingerprint: str, *, by: Actor, now: datetime, again: bool) -> None:
    timeline.record(
        case, EventKind.IMPORTED, at=now, now=now, by=by, source=case.source,
        external_id=case.external_id, stage=case.stage, fingerprint=fingerprint,
        version=case.version, again=again,
    )  # fmt: skip
