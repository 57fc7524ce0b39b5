"""Text as a document may hold it."""

from __future__ import annotations

import re

# What XML cannot hold, and marks that turn the direction of what follows.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t")


def plain(text: str) -> str:
    """Return a text without control characters. A new line stays, a tab is a blank."""
    return UNSAFE.sub("", text.replace("\r\n", "\n").replace("\t", " "))


def looks_like_a_formula(text: str) -> bool:
    return text.startswith(STARTS_A_FORMULA)
