"""Words that promise nothing. Pure."""

from __future__ import annotations

import re

_ENGLISH = re.compile(
    r"\b(as soon as possible|asap|as soon as we can|at the earliest|shortly|soon|"
    r"in due course|when possible|do (our|my) best|try to)\b",
    re.IGNORECASE,
)
_CHINESE = ("尽快", "盡快", "儘快", "尽早", "盡早", "儘早", "尽量", "盡量", "儘量", "马上处理",
            "馬上處理", "过几天", "過幾天", "稍后", "稍後", "到时候", "到時候")  # fmt: skip


def is_vague(text: str) -> bool:
    """Tell whether a promise hides behind words such as “as soon as possible” or 尽快."""
    return bool(_ENGLISH.search(text)) or any(word in text for word in _CHINESE)
