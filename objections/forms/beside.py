"""The forms of the work beside the steps, opened as an address of the case's page asks."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from objections.forms.analysis import WhyForm
from objections.forms.remedies import RemedyForm
from objections.forms.steps import CHOSEN_BY_NUMBER
from objections.forms.worksheets import SheetForm
from objections.models import Case
from objections.selectors.work_tabs import REMEDIES, SHEETS, WHYS
from objections.vocabulary import SheetKind

TEMPLATES = {
    WHYS: "objections/case/whys.html",
    REMEDIES: "objections/case/remedies.html",
    SHEETS: "objections/case/sheets.html",
}


def form_of(name: str, case: Case, asked: Mapping[str, str]) -> forms.Form | None:
    """Return the empty form of this work; none for a worksheet that was not chosen yet."""
    if name == REMEDIES:
        return RemedyForm()
    if name == WHYS:
        return WhyForm(case=case, number=_number(asked, "why"), under=_number(asked, "under"))
    kind = asked.get("sheet", "")
    if kind not in SheetKind.values:
        return None
    return SheetForm(kind=SheetKind(kind), sheet=case.worksheets.filter(kind=kind).first())


def chosen_numbers(asked: Mapping[str, str]) -> dict[str, str]:
    """Return which promise, hand-over or option of the case an address names for a step."""
    return {name: asked[name] for name in CHOSEN_BY_NUMBER if name in asked}


def _number(asked: Mapping[str, str], name: str) -> int | None:
    given = asked.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None
