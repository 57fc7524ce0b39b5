"""Changing what a case is: who has it, its kind and urgency, its sensitivity, its product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from objections import permissions, timeline
from objections.actors import Actor
from objections.deadlines import sweeping
from objections.errors import NotPermitted, StaleVersion
from objections.models import Case
from objections.services.stepping import lock, take_steps
from objections.steps import Step
from objections.vocabulary import Action, ActorKind, EventKind, Sensitivity

DESCRIBES = (
    "sensitivity", "product", "serial", "batch", "purchased_on", "lesson", "cause_category",
    "style",
)  # fmt: skip


@transaction.atomic
def change(
    case: Case,
    taken: Sequence[Step],
    facts: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Take these steps and write these facts down, all or none.

    ``facts`` are by name, of DESCRIBES. Refuses what ``take_steps`` and ``describe``
    refuse. Afterwards ``case`` is fresh.
    """
    locked = lock(case)
    if expected_version is not None and locked.version != expected_version:
        raise StaleVersion(locked)
    if taken:
        take_steps(case, taken, by=by, now=now)
    describe(case, facts, by=by, now=now)


@transaction.atomic
def describe(case: Case, facts: Mapping[str, Any], *, by: Actor, now: datetime) -> bool:
    """Write down what a case is about, in any stage, and whether anything is new in it.

    Who restricts a case goes on seeing it. Only a supervisor of ours changes the
    sensitivity (NotPermitted). What is the same already changes nothing. Afterwards
    ``case`` is fresh.
    """
    locked = lock(case)
    sweeping.ring_case(locked, now=now)
    new = {name: value for name, value in facts.items() if getattr(locked, name) != value}
    if not new:
        case.refresh_from_db()
        return False
    _permit(locked, new, by)
    changes = {name: [_said(getattr(locked, name)), _said(new[name])] for name in new}
    for name, value in new.items():
        setattr(locked, name, value)
    if new.get("sensitivity") == Sensitivity.RESTRICTED and by.user is not None:
        locked.named_people.add(by.user)
    timeline.record(locked, EventKind.CHANGED, at=now, now=now, by=by, changes=changes)
    locked.version += 1
    locked.updated_at = max(now, locked.updated_at)
    locked.save(update_fields=[*new, "version", "updated_at"])
    case.refresh_from_db()
    return True


def _permit(case: Case, new: Mapping[str, Any], by: Actor) -> None:
    unknown = new.keys() - set(DESCRIBES)
    if unknown:
        raise ValueError(f"not written down this way: {sorted(unknown)}")
    if not permissions.allows(by, Action.NOTE, case):
        raise NotPermitted(Action.NOTE)
    verb = permissions.CHANGE_SENSITIVITY
    supervises = by.kind is ActorKind.USER and by.user is not None
    if "sensitivity" in new and not (supervises and permissions.may(by.user, verb, case)):  # type: ignore[arg-type]
        raise NotPermitted(verb)


def _said(value: object) -> str:
    """Return a value as the timeline keeps it: an identifier, a date, or a name as it was."""
    return "" if value is None else str(value)
