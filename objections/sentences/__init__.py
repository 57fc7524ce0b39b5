"""Sentences about the events of a timeline, made when they are shown, in the active language."""

from __future__ import annotations

from objections.models import CaseEvent
from objections.sentences import clocks, inside, methods, moves, people
from objections.sentences.telling import FORMATTERS, Telling, Told
from objections.vocabulary import EventKind

__all__ = [
    "FORMATTERS",
    "Telling",
    "Told",
    "clocks",
    "inside",
    "methods",
    "moves",
    "people",
    "told",
]


def told(event: CaseEvent, telling: Telling) -> Told:
    """Return an event as a sentence with its icon, quotation and kind."""
    return FORMATTERS[EventKind(event.kind)](event, telling)
