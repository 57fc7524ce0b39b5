"""Whether a draft answers a question. By shared words, so it can only be a hint.

What forbids sending stands in ``objections.demands``, which asks for the answer itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from knowledge.coach.rulebook import compiled, rules


def is_answered(question: str, number: int, pieces: Sequence[str], *, alone: bool) -> bool:
    """Tell whether one of the sentences, or two in a row, answer a question (all folded).

    A sentence that names the question by its number answers it. Else it shares enough of
    the question's significant words, asks nothing itself, and brings what this kind of
    question asks for: a time for "when", a figure for "how much". The only question there is
    needs one shared word less.
    """
    told = rules()["answers"]
    if any(compiled(one.replace("{n}", str(number))).search("\n".join(pieces))
           for one in told["numbered"]):  # fmt: skip
        return True
    asked = units(question)
    kinds = [kind for kind in told["kinds"] if compiled(kind["asked"]).search(question)]
    said = [piece for piece in pieces if not compiled(told["asks"]).search(piece)]
    windows = [*said, *(first + second for first, second in pairwise(said))]
    return any(
        _shares(asked, window, brings=bool(kinds), alone=alone)
        and all(compiled(kind["told"]).search(window) for kind in kinds)
        for window in windows
    )


def _shares(asked: frozenset[str], window: str, *, brings: bool, alone: bool) -> bool:
    """Tell whether a window shares enough words; fewer do where it brings what was asked for."""
    if not asked:
        return brings
    shared = len(asked & units(window))
    if brings:
        return shared >= (0 if alone and len(asked) < 3 else 1)
    needed = 2 if len(asked) > 3 else 1
    return shared >= needed and shared * 100 >= len(asked) * rules()["answers"]["share_percent"]


def units(text: str) -> frozenset[str]:
    """Return the significant pieces of a folded text: word stems, numbers, pairs of Han signs."""
    told = rules()["answers"]
    empty = frozenset(told["empty_words"])
    found: set[str] = set()
    for word in compiled(told["word"]).findall(text):
        if word not in empty:
            found.add(compiled(told["ending"]).sub("", word))
    for run in compiled(told["han"]).findall(compiled(told["empty_signs"]).sub(" ", text)):
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return frozenset(found)
