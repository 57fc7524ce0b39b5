"""The worksheets that help to think: their elements, each with the question that guides it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from objections.vocabulary import SheetKind


@dataclass(frozen=True, slots=True)
class Element:
    """One part of a sheet. ``name`` is what its text is kept under."""

    name: str
    title: str | Lazy
    question: str | Lazy


# Four elements of a negotiation, and the five steps through a conflict, as domain §5 has them.
ELEMENTS: dict[SheetKind, tuple[Element, ...]] = {
    SheetKind.NEGOTIATION: (
        Element(
            "interests", _("Positions and interests"),
            _("What does each side demand, and what does each side need behind it?"),
        ),
        Element(
            "standards", _("Objective standards"),
            _("Which measure would both accept: contract, norm, test, market price, precedent?"),
        ),
        Element(
            "alternatives", _("Alternatives"),
            _("What does each side do if we do not agree, and how good is that for them?"),
        ),
        Element(
            "relationship", _("Relationship"),
            _("How do we want to work together afterwards, and what would put that at risk?"),
        ),
    ),
    SheetKind.CONFLICT: (
        Element(
            "plan", pgettext_lazy("conflict sheet", "Plan"),
            _("What is it about, what do we want to reach, and who has to be there?"),
        ),
        Element(
            "approach", pgettext_lazy("conflict sheet", "Approach"),
            _("How do we open the talk, so that they feel heard and not attacked?"),
        ),
        Element(
            "collaborate", pgettext_lazy("conflict sheet", "Collaborate"),
            _("What do both sides want, and which ways out can we find together?"),
        ),
        Element(
            "check", pgettext_lazy("conflict sheet", "Check"),
            _("Does the way out hold: what could go wrong, and do they really agree?"),
        ),
        Element(
            "settle", pgettext_lazy("conflict sheet", "Settle"),
            _("Who does what by when, and when do we ask whether it holds?"),
        ),
    ),
}  # fmt: skip
