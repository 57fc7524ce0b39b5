"""Pure: a text as the words that one searches by, in Chinese as in English.

Chinese has no blanks between words; the cut is made by jieba's dictionary. What is stored
and what is asked for must be cut by the same function, or they would not meet.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import rjieba
from opencc import OpenCC

LONGEST_WORD = 60
"""Longer ones are numbers and noise; a lexeme of PostgreSQL must stay under 2 kB."""
_EMPTY = (
    "a an and are as at be but by for from had has have he her his i if in is it its me my not of"
    " on or our she so that the their them they this to us was we were what when which who will"
    " with you your"
    " 的 了 是 在 我 你 您 他 她 它 们 我们 你们 他们 这 那 个 一个 有 和 与 就 都 而 及 着 也 很"
    " 到 说 要 去 会 又 吗 呢 吧 啊 请 把 被 让 给 从 对 之 这个 那个 还 没 不 一 的话"
)
EMPTY_WORDS = frozenset(_EMPTY.split())
"""Words that say nothing of what a text is about. Ours, short on purpose."""


def words(text: str) -> list[str]:
    """Return the words of a text in the order they stand there, folded, without empty ones.

    Long Chinese words come with the shorter ones that they are made of, so that 电机轴承
    is found by 轴承. Full-width letters and digits become plain, capitals small, and
    traditional signs simplified: 軸承 and 轴承 are one word.
    """
    return [word for word in _cut(folded(text)) if word not in EMPTY_WORDS]


def folded(text: str) -> str:
    """Return a text as it is compared: plain width, small letters, simplified signs."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain if plain.isascii() else _simplifier().convert(plain)


@cache
def _simplifier() -> OpenCC:
    """Return what knows traditional signs. It reads its dictionary once, in some 10 ms."""
    return OpenCC("t2s")


def _cut(text: str) -> list[str]:
    """Cut a text, keep what has a letter or a digit, and part what a hyphen joins as well."""
    found: list[str] = []
    for piece in rjieba.cut_for_search(text):
        word = piece.strip("-_./'’ ")
        if not any(sign.isalnum() for sign in word) or len(word) > LONGEST_WORD:
            continue
        found.append(word)
    return found
