"""Sentences about the work on the cause, the worksheets, and the customer's own page."""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.models import CaseEvent
from objections.sentences.telling import (
    INTERNAL,
    US,
    Telling,
    Told,
    lines,
    says,
    sentence,
    who,
    words_of,
)
from objections.vocabulary import EventKind, LinkMedium, SheetKind

SENT: dict[str, str | Lazy] = {
    LinkMedium.EMAIL: gettext_lazy("{who} sent the customer a link by e-mail"),
    LinkMedium.SMS: gettext_lazy("{who} sent the customer a link by text message"),
    LinkMedium.BY_HAND: gettext_lazy("{who} made a link for the customer"),
}


@says(EventKind.INVITED)
def invited(event: CaseEvent, telling: Telling) -> Told:
    pattern = SENT.get(event.data.get("medium") or "", SENT[LinkMedium.BY_HAND])
    until = telling.moment(event.data.get("until"))
    detail = lines(words_of(event), _("It works until {moment}.").format(moment=until))
    return Told(US, "external-link", sentence(pattern, who=who(event, telling)), detail=detail)


@says(EventKind.LINK_REVOKED)
def link_revoked(event: CaseEvent, telling: Telling) -> Told:
    pattern = _("{who} revoked the customer's link")
    return Told(INTERNAL, "circle-x", sentence(pattern, who=who(event, telling)))


@says(EventKind.WHY_WRITTEN)
def why_written(event: CaseEvent, telling: Telling) -> Told:
    pattern = _("{who} wrote down a why")
    if event.data.get("root_cause"):
        pattern = _("{who} wrote down a root cause")
    elif event.data.get("corrected"):
        pattern = _("{who} said a why better")
    return _why(event, telling, pattern)


@says(EventKind.WHY_REMOVED)
def why_removed(event: CaseEvent, telling: Telling) -> Told:
    return _why(event, telling, _("{who} took a why back"))


def _why(event: CaseEvent, telling: Telling, pattern: str) -> Told:
    said = event.data.get("evidence") or ""
    named = [said, *(event.data.get("files") or [])] if said else event.data.get("files") or []
    shown = "; ".join(named)
    evidence = _("Evidence: {evidence}").format(evidence=shown) if shown else ""
    detail = lines(words_of(event), evidence)
    return Told(INTERNAL, "note", sentence(pattern, who=who(event, telling)), detail=detail)


@says(EventKind.SHEET_WRITTEN)
def sheet_written(event: CaseEvent, telling: Telling) -> Told:
    sheet = event.data.get("sheet")
    name = SheetKind(sheet).label if sheet in SheetKind.values else ""
    pattern = _("{who} wrote on a worksheet: {sheet}")
    return Told(INTERNAL, "note", sentence(pattern, who=who(event, telling), sheet=name))
