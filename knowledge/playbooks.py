"""The cards that say how to meet a customer of a style: a hint for one case, never a label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge import languages
from knowledge.models import PlaybookCard
from objections.vocabulary import CustomerStyle


@dataclass(frozen=True, slots=True)
class Card:
    """A playbook card as it is read: each list without its empty lines."""

    row: PlaybookCard

    @property
    def label(self) -> str:
        return str(CustomerStyle(self.row.style).label)

    @property
    def recognise(self) -> list[str]:
        return points(self.row.recognise)

    @property
    def do(self) -> list[str]:
        return points(self.row.do)

    @property
    def avoid(self) -> list[str]:
        return points(self.row.avoid)


@dataclass(frozen=True, slots=True)
class Hint:
    """One style to choose, with the shortest sign by which it is recognised."""

    style: CustomerStyle
    sign: str


def points(text: str) -> list[str]:
    """Return the points of a text that holds one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def cards(language: str) -> list[Card]:
    """Return a card of each style that has one, in the language that suits best."""
    return list(_best(PlaybookCard.objects.all(), language).values())


def card_of(style: str, language: str) -> Card | None:
    """Return the card of a style; None where no language has one."""
    rows = PlaybookCard.objects.filter(style=style)
    return _best(rows, language).get(style)


def hints(language: str) -> list[Hint]:
    """Return all eight styles, each with a short sign: also one whose card was deleted."""
    there = _best(PlaybookCard.objects.all(), language)
    signs = {style: card.recognise for style, card in there.items()}
    return [Hint(style, next(iter(signs.get(style, [])), "")) for style in CustomerStyle]


def _best(rows: Iterable[PlaybookCard], language: str) -> dict[str, Card]:
    by_style: dict[str, dict[str, PlaybookCard]] = {}
    for row in rows:
        by_style.setdefault(row.style, {})[row.language] = row
    found = {}
    for style in CustomerStyle.values:
        there = by_style.get(style, {})
        chosen = languages.best(there, language)
        if chosen is not None:
            found[style] = Card(there[chosen])
    return found
