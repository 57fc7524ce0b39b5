"""What the coach reads, and what it finds there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Term(NamedTuple):
    """A word of the house, and a plain one to say instead. A row of JargonTerm is one too."""

    term: str
    plain: str
    language: str = ""


class AnyTerm(Protocol):
    """Whatever has a term and its plain wording."""

    @property
    def term(self) -> str: ...
    @property
    def plain(self) -> str: ...
    @property
    def language(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A text for a customer, before it is sent.

    ``language`` is found by the text's own signs when None. ``questions`` are the customer's
    in their order, an empty one where it is answered already; ``contact`` is who will read it.
    Where no apology is owed (``asks_apology`` is False), none is measured for its five parts.
    ``leave_out`` names rules ("vague_promise") or parts of one ("missing_manners.name") that do
    not concern this text.
    """

    text: str
    language: str | None = None
    questions: tuple[str, ...] = ()
    contact: str = ""
    asks_apology: bool = True
    leave_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the coach points at: which rule, where in the text, and its facts.

    ``start`` and ``end`` count signs of the text as Python does; both are None where the
    finding is about the whole. Of the facts, ``words`` are those pointed at, ``suggestion``
    what may stand in their place, ``place`` ("start", "end") where a suggestion is added
    instead, ``part`` which part of a rule, and ``missing`` which parts are, with commas.
    """

    rule: str
    start: int | None = None
    end: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a draft is like something written before, 0 to 1.

    ``kind`` is "template" or "reply"; ``name`` is the template's, or the reply's case where
    the asker may know it; ``day`` says when the reply was sent.
    """

    kind: str
    similarity: float
    name: str = ""
    day: str = ""
