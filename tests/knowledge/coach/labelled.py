"""The labelled sentences, and how well a reader of them does."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.coach import Draft, Likeness, Term
from knowledge.coach.minhash import signature, similarity

FILE = Path(__file__).with_name("sentences.toml")
EVERYWHERE = {
    "conditional_apology", "empathy_but", "vague_promise", "blame", "jargon", "canned",
}  # fmt: skip
WHOLE_LETTERS = {"incomplete_apology", "missing_manners"}
WITH_QUESTIONS = {"unanswered_question"}
RULES = EVERYWHERE | WHOLE_LETTERS | WITH_QUESTIONS


@dataclass(frozen=True)
class Labelled:
    """A text, the rules that are judged on it, and those that it breaks."""

    draft: Draft
    language: str
    broken: frozenset[str]
    judged: frozenset[str]
    near: tuple[Likeness, ...] = field(default=())


@cache
def sentences() -> tuple[Labelled, ...]:
    return tuple(_labelled(row) for row in _file()["sentences"])


@cache
def jargon() -> tuple[Term, ...]:
    return tuple(Term(*row) for row in _file()["jargon"])


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _labelled(row: dict[str, Any]) -> Labelled:
    judged = set(EVERYWHERE)
    judged |= WHOLE_LETTERS if row.get("w") else set()
    judged |= WITH_QUESTIONS if "q" in row else set()
    near: tuple[Likeness, ...] = ()
    if "m" in row:
        judged = {"canned"}
        alike = similarity(signature(row["m"]), signature(row["t"]))
        near = (Likeness("template", alike, name="T"),)
    draft = Draft(row["t"], questions=tuple(row.get("q", ())), contact=row.get("c", ""))
    return Labelled(draft, row["l"], frozenset(row["r"]), frozenset(judged), near)


@dataclass
class Score:
    """How often a rule was right: hits, false alarms, and what it overlooked."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def positive(self) -> int:
        return self.counts["hit"] + self.counts["missed"]

    @property
    def negative(self) -> int:
        return self.counts["false"] + self.counts["silent"]

    @property
    def precision(self) -> float:
        pointed = self.counts["hit"] + self.counts["false"]
        return self.counts["hit"] / pointed if pointed else 0.0

    @property
    def recall(self) -> float:
        return self.counts["hit"] / self.positive if self.positive else 0.0


Reader = Callable[[Labelled], set[str]]


def scores(read: Reader) -> dict[tuple[str, str], Score]:
    """Return the score of each rule in each language."""
    found: dict[tuple[str, str], Score] = {}
    for rule, one, pointed in _judgements(read):
        score = found.setdefault((rule, one.language), Score())
        meant = rule in one.broken
        score.counts[_verdict(meant=meant, pointed=pointed)] += 1
    return found


def _judgements(read: Reader) -> Iterator[tuple[str, Labelled, bool]]:
    for one in sentences():
        pointed = read(one)
        for rule in sorted(one.judged):
            yield rule, one, rule in pointed


def _verdict(*, meant: bool, pointed: bool) -> str:
    if meant:
        return "hit" if pointed else "missed"
    return "false" if pointed else "silent"


def table(found: dict[tuple[str, str], Score]) -> str:
    lines = [f"{'rule':<21} {'':<3} {'yes':>4} {'no':>4} {'precision':>10} {'recall':>7}"]
    for (rule, language), score in sorted(found.items()):
        lines.append(
            f"{rule:<21} {language:<3} {score.positive:>4} {score.negative:>4}"
            f" {score.precision:>10.2f} {score.recall:>7.2f}"
        )
    return "\n".join(lines)
