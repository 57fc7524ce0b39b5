"""The append-only record of what happened to a case."""

from __future__ import annotations

from datetime import UTC, datetime

from objections.actors import SYSTEM, Actor
from objections.batches import Row
from objections.models import Case, CaseEvent
from objections.vocabulary import EventKind


def iso(moment: datetime | None) -> str | None:
    """Return a moment as the timeline writes it: ISO 8601, in UTC."""
    return moment.astimezone(UTC).isoformat() if moment else None


def line(
    case: Case, kind: EventKind, *, at: datetime, now: datetime, by: Actor = SYSTEM, **data: object
) -> Row:
    """Return an event to be, for writers that save many at once."""
    return {
        "case": case, "kind": kind, "occurred_at": at, "recorded_at": now,
        "actor_kind": by.kind, "user": by.user, "client": by.client, "data": data,
    }  # fmt: skip


def record(
    case: Case, kind: EventKind, *, at: datetime, now: datetime, by: Actor = SYSTEM, **data: object
) -> CaseEvent:
    """Append to the case's timeline, in the caller's transaction.

    ``data`` holds identifiers, numbers and people's own words; sentences are made when
    it is shown. Instants in it are ISO 8601 in UTC.
    """
    event = CaseEvent(**line(case, kind, at=at, now=now, by=by, **data))
    event.save(force_insert=True)
    return event
