"""Pure: a plain text as paragraphs and lists. Nobody's text is ever taken for HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

BULLET = re.compile(r"^\s*[-*•·]\s+(?=\S)")
NUMBER = re.compile(r"^\s*\d{1,2}(?:[.)]\s+|[、．]\s*)(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph ("p"), or a list with marks ("ul") or numbers ("ol"), line by line."""

    kind: str
    lines: list[str]


def blocks(text: str) -> list[Block]:
    """Return a text in its parts. An empty line, or a change of kind, begins the next."""
    found: list[Block] = []
    for kind, lines in groupby(text.splitlines(), _kind):
        if kind:
            found.append(Block(kind, [_bare(line) for line in lines]))
    return found


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if BULLET.match(line):
        return "ul"
    return "ol" if NUMBER.match(line) else "p"


def _bare(line: str) -> str:
    return NUMBER.sub("", BULLET.sub("", line, count=1), count=1).strip()
