"""The rules as data, made ready for this engine and for the browser's.

A pattern is a regular expression in what Python's ``re`` and JavaScript's ``u`` understand
alike: no ``\\b``, ``\\w``, ``\\s`` or ``\\d``, no ``$``, no named groups, and only lookbehinds of
fixed length. ``<<name>>`` stands for a word list of the same file. Patterns meet folded text:
small letters, plain width, simplified signs.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from opencc import OpenCC

FILE = Path(__file__).with_name("rules.json")
_NAMED = re.compile(r"<<([a-z_]+)>>")
_HAN = range(0x4E00, 0xA000)
_FULL_WIDTH = range(0xFF01, 0xFF5F)


@cache
def rules() -> Mapping[str, Any]:
    """Return the rule file with every word list written out in its place."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    lists = {name: "(?:" + "|".join(words) + ")" for name, words in told.pop("lists").items()}
    return {key: _spelt_out(value, lists) for key, value in told.items()}


def _spelt_out(value: Any, lists: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        while _NAMED.search(value):
            value = _NAMED.sub(lambda found: lists[found[1]], value)
        return value
    if isinstance(value, list):
        return [_spelt_out(one, lists) for one in value]
    if isinstance(value, dict):
        return {key: _spelt_out(one, lists) for key, one in value.items()}
    return value


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def simple_signs() -> dict[str, str]:
    """Return each traditional sign with its simplified one, as OpenCC knows them.

    One sign for one, so that a place in the folded text is the same place in the text.
    """
    signs = [chr(number) for number in _HAN]
    plain = OpenCC("t2s").convert("\n".join(signs)).split("\n")
    return {
        sign: to
        for sign, to in zip(signs, plain, strict=True)
        if len(to) == 1 and to != sign and ord(to) < 0x10000
    }


@cache
def _table() -> dict[int, str]:
    table = {number: chr(number - 0xFEE0) for number in _FULL_WIDTH}
    table |= {number: chr(number + 32) for number in range(ord("A"), ord("Z") + 1)}
    table |= {number: chr(number - 0xFEE0 + 32) for number in range(0xFF21, 0xFF3B)}
    table |= {ord(sign): to for sign, to in simple_signs().items()}
    others = {
        " ": "\u00a0\u3000\t",
        "'": "\u2018\u2019",
        '"': "\u201c\u201d",
        "\n": "\r\u2028\u2029",
    }
    table |= {ord(sign): to for to, signs in others.items() for sign in signs}
    return table


def folded(text: str) -> str:
    """Return a text of the same length in small letters, plain width and simplified signs."""
    return text.translate(_table())


def composed(text: str) -> str:
    """Return a text in the form in which texts are compared: NFKC and small letters."""
    return unicodedata.normalize("NFKC", text).lower()
