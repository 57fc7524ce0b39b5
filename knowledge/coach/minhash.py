"""Pure: how much two texts are alike, by 64 numbers each from which neither can be told.

A text is cut into overlapping pieces: three signs of Chinese, five of Latin. Each of the 64
numbers is the least of the pieces' hashes under one of 64 orders, so two texts have about as
many numbers in common as pieces. ``static/casetrack/coach-print.js`` computes the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.coach.rulebook import composed

NUMBERS = 64
BANDS = 16
ROWS = NUMBERS // BANDS
LEAST_WEIGHT = 80
"""Shorter texts (40 Chinese signs, 80 letters) are alike by chance."""

_MASK = 0xFFFFFFFF
_HAN_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_KEPT = re.compile(f"[a-z0-9à-öø-ɏ\u0400-\u04ff{_HAN_SIGNS}]+")
_HAN = re.compile(f"[{_HAN_SIGNS}]+")
_GAPS = re.compile(r"\{[^{}\n]*\}|\[[^\[\]\n]*\]")


def pieces(text: str) -> set[str]:
    """Return the pieces of a text, without its variables, gaps, punctuation and capitals."""
    joined = " ".join(_KEPT.findall(_GAPS.sub(" ", composed(text))))
    found: set[str] = set()
    for run in _HAN.findall(joined):
        found.update(_shingles(run, 3))
    for run in _HAN.split(joined):
        if latin := run.strip():
            found.update(_shingles(latin, 5))
    return found


def signature(text: str) -> list[int]:
    """Return the 64 numbers, signed as PostgreSQL keeps them. An empty text has none."""
    hashes = [_hash(piece) for piece in pieces(text)]
    if not hashes:
        return []
    least = (min((factor * one + step) & _MASK for one in hashes) for factor, step in _ORDERS)
    return [number - (1 << 32) if number >> 31 else number for number in least]


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the share of pieces that two texts have in common, about 0.06 more or less."""
    if len(one) != NUMBERS or len(other) != NUMBERS:
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / NUMBERS


def bands(numbers: Sequence[int]) -> list[int]:
    """Return 16 keys of which much alike texts share at least one: 0.7 alike do in 99 of 100."""
    keys = []
    for at in range(0, len(numbers), ROWS):
        key = 0x811C9DC5
        for number in numbers[at : at + ROWS]:
            key = _mix(key ^ (number & _MASK))
        keys.append((at // ROWS << 32) | key)
    return keys


def long_enough(text: str) -> bool:
    """Tell whether a text is long enough for its likeness to mean anything."""
    runs = _KEPT.findall(_GAPS.sub(" ", composed(text)))
    han = sum(len(run) for one in runs for run in _HAN.findall(one))
    return han + sum(len(run) for run in runs) >= LEAST_WEIGHT


def _shingles(run: str, length: int) -> list[str]:
    if len(run) <= length:
        return [run]
    return [run[at : at + length] for at in range(len(run) - length + 1)]


@lru_cache(maxsize=50_000)
def _hash(piece: str) -> int:
    total = 0x811C9DC5
    for sign in piece:
        total = ((total ^ ord(sign)) * 0x01000193) & _MASK
    return _mix(total)


def _mix(number: int) -> int:
    number = ((number ^ (number >> 16)) * 0x85EBCA6B) & _MASK
    number = ((number ^ (number >> 13)) * 0xC2B2AE35) & _MASK
    return number ^ (number >> 16)


_ORDERS = [
    (_mix((at * 0x9E3779B1) & _MASK) | 1, _mix((at * 0x7FEB352D) & _MASK))
    for at in range(1, NUMBERS + 1)
]
