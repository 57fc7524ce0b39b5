"""Worksheets: optional, of each kind one a case, and for our eyes alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from objections import timeline
from objections.actors import Actor
from objections.errors import FieldInvalid, StaleVersion
from objections.models import Case, Worksheet
from objections.services import inside
from objections.sheets import ELEMENTS
from objections.vocabulary import Action, EventKind, SheetKind

LONGEST = 20_000


@transaction.atomic
def write(
    case: Case,
    kind: SheetKind,
    entries: Mapping[str, str],
    *,
    version: int,
    by: Actor,
    now: datetime,
) -> Worksheet | None:
    """Write on a worksheet of an open case; elements that are left out stay as they are.

    ``version`` is the sheet's as it was read, 0 for one that nobody has written on:
    refuses with StaleVersion where somebody wrote since, and with FieldInvalid an element
    that the sheet does not have, or one that is too long. The timeline says who wrote on
    which elements, never what. Nothing new is not recorded; None where there is no sheet.
    """
    locked, user = inside.begin(case, Action.NOTE, by=by, now=now)
    sheet = locked.worksheets.filter(kind=kind).first()
    if (sheet.version if sheet else 0) != version:
        raise StaleVersion(locked)
    before = sheet.entries if sheet else {}
    new = {name: text for name, text in _checked(kind, entries).items()
           if text != before.get(name, "")}  # fmt: skip
    if not new:
        return sheet
    sheet = sheet or Worksheet(case=locked, kind=kind, version=0)
    sheet.entries = before | new
    sheet.version += 1
    sheet.written_at, sheet.written_by = now, user
    sheet.save()
    timeline.record(
        locked, EventKind.SHEET_WRITTEN, at=now, now=now, by=by, sheet=kind,
        elements=[element.name for element in ELEMENTS[kind] if element.name in new],
    )  # fmt: skip
    inside.changed(locked, now=now)
    return sheet


def _checked(kind: SheetKind, entries: Mapping[str, str]) -> dict[str, str]:
    known = {element.name for element in ELEMENTS[kind]}
    for name, text in entries.items():
        if name not in known:
            raise FieldInvalid(name, "unknown")
        if len(text) > LONGEST:
            raise FieldInvalid(name, "too_long")
    return {name: text.strip() for name, text in entries.items()}
