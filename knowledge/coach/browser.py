"""What the browser's edition of the coach is told, once a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knowledge.coach.drafts import AnyTerm
from knowledge.coach.minhash import LEAST_WEIGHT
from knowledge.coach.rulebook import rules, simple_signs
from knowledge.coach.sentences import PARTS, SENTENCES, SEPARATOR


def book(jargon: Iterable[AnyTerm]) -> dict[str, Any]:
    """Return rules, signs and words of the house, and the sentences in the language of now."""
    signs = simple_signs()
    return {
        "rules": rules(),
        "signs": {"from": "".join(signs), "to": "".join(signs.values())},
        "jargon": [
            {"term": one.term, "plain": one.plain, "language": one.language} for one in jargon
        ],
        "sentences": {key: [str(line) for line in said] for key, said in SENTENCES.items()},
        "parts": {key: str(name) for key, name in PARTS.items()},
        "separator": str(SEPARATOR),
        "print_from": LEAST_WEIGHT,
    }
