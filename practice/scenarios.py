"""The scenarios as files: read once a process, and refused whole where one is not right.

``python manage.py check`` reads them all, so that a slip in a file is found before anybody
practises with it. How to write one: docs/practice.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from knowledge.coach.sentences import SENTENCES
from objections.vocabulary import (
    OPEN_STAGES,
    Action,
    CauseCategory,
    Channel,
    CustomerStyle,
    Emotion,
    Kind,
    Promise,
    Urgency,
)
from practice.models import Turn
from practice.script import SPOKEN, Rule

FOLDER = Path(__file__).with_name("scenarios")
COMMON = Path(__file__).with_name("rules.toml")
LANGUAGES = (Language.ENGLISH, Language.SIMPLIFIED)
DOES = frozenset({"", "correct", "message", "reject", "not_satisfied"})
EASY, HARD = 1, 3
DIFFICULTIES = ((EASY, _("easy")), (2, _("demanding")), (HARD, _("hard")))
FACTS = (
    "title", "customer", "contact", "product", "said", "expects", "position", "interest", "cause",
    "engineering",
)  # fmt: skip
SETTING = {
    "style": CustomerStyle, "kind": Kind, "urgency": Urgency, "channel": Channel,
    "cause_category": CauseCategory,
}  # fmt: skip
NUMBERS = {"difficulty", "emotion", "engineering_after", "cause_after"}
LISTS = {"on", "found", "late", "stages"}
CONDITIONS = {
    "heat": int, "does": str, "again": bool, "interest": bool, "fewer_options": int,
    "put_off": int, "silent": int, "heat_from": int, "heat_to": int,
}  # fmt: skip


class BadScenario(Exception):
    """A file that cannot be practised with: which, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Words:
    """A scenario in one language. ``lines`` are what the customer says, by rule."""

    title: str
    customer: str
    contact: str
    product: str
    said: str
    expects: str
    position: str
    interest: str
    cause: str
    engineering: str
    questions: tuple[str, ...]
    interest_words: tuple[str, ...]
    lines: Mapping[str, str]

    def names_interest(self, text: str) -> bool:
        """Tell whether a restatement speaks of what the customer really needs."""
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.interest_words)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A simulated case: who the customer is, what they say first, and by which rules they go on.

    Engineering answers ``engineering_after`` it was asked, or by itself ``cause_after`` the
    beginning.
    """

    key: str
    style: CustomerStyle
    difficulty: int
    kind: Kind
    urgency: Urgency
    channel: Channel
    emotion: Emotion
    cause_category: CauseCategory
    engineering_after: timedelta
    cause_after: timedelta
    rules: tuple[Rule, ...]
    words: Mapping[str, Words]

    def told(self, language: str) -> Words:
        """Return the words of a language; simplified Chinese stands for the traditional."""
        english = language not in (Language.SIMPLIFIED, Language.TRADITIONAL)
        return self.words[Language.ENGLISH if english else Language.SIMPLIFIED]

    @property
    def level(self) -> str:
        """How difficult it is, in words."""
        return str(dict(DIFFICULTIES)[self.difficulty])

    def rule(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.name == name), None)


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Return every scenario by its key, the easiest first. Raises BadScenario."""
    common = _read(COMMON)
    found = [scenario(path.stem, _read(path), common) for path in sorted(FOLDER.glob("*.toml"))]
    return {one.key: one for one in sorted(found, key=lambda one: (one.difficulty, one.key))}


def scenario(key: str, told: Mapping[str, Any], common: Mapping[str, Any]) -> Scenario:
    """Return one scenario, or raise BadScenario with the file and the entry at fault."""
    own = [_rule(key, row) for row in told.get("rule", [])]
    shared = [_rule(COMMON.stem, row) for row in common.get("rule", [])]
    names = [rule.name for rule in (*own, *shared)]
    _demand(key, len(names) == len(set(names)), "two rules of one name")
    rows = [*told.get("rule", []), *common["rule"]]
    _demand(key, set(told) <= {*SETTING, *NUMBERS, "rule", *LANGUAGES}, "an unknown entry")
    return Scenario(
        key=key,
        **{name: _one_of(key, told, name, choices) for name, choices in SETTING.items()},
        difficulty=_number(key, told, "difficulty", EASY, HARD),
        emotion=Emotion(_number(key, told, "emotion", 1, 5)),
        engineering_after=timedelta(minutes=_number(key, told, "engineering_after", 1, 10_000)),
        cause_after=timedelta(minutes=_number(key, told, "cause_after", 1, 10_000)),
        rules=(*own, *shared),
        words={language: _words(key, told, language, rows) for language in LANGUAGES},
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadScenario(f"{path.name}: {error}") from error


def _demand(key: str, holds: bool, words: str) -> None:
    if not holds:
        raise BadScenario(f"{key}: {words}")


def _one_of(key: str, told: Mapping[str, Any], name: str, choices: Any) -> Any:
    _demand(key, told.get(name) in choices.values, f"{name} is none of {choices.values}")
    return choices(told[name])


def _number(key: str, told: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = told.get(name)
    right = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    _demand(key, right, f"{name} must be a number from {least} to {most}")
    return int(told[name])


def _rule(key: str, row: Mapping[str, Any]) -> Rule:
    name = row.get("name")
    if not isinstance(name, str) or not name:
        raise BadScenario(f"{key}: a rule without a name")
    known = {"name", *LISTS, *CONDITIONS, *LANGUAGES}
    _demand(key, set(row) <= known, f"rule {name} has unknown entries {set(row) - known}")
    for one, kind in CONDITIONS.items():
        _demand(key, one not in row or type(row[one]) is kind, f"rule {name}: {one}")
    for one in LISTS & set(row):
        right = isinstance(row[one], list) and set(row[one]) <= _known(one)
        _demand(key, bool(row[one]) and right, f"rule {name}: {one} holds what is not known")
    _demand(key, "on" in row, f"rule {name} does not say after what it speaks")
    _demand(key, row.get("does", "") in DOES, f"rule {name}: does")
    lists: dict[str, Any] = {one: frozenset(row[one]) for one in LISTS & set(row)}
    return Rule(name=name, **lists, **{one: row[one] for one in CONDITIONS if one in row})


def _known(name: str) -> set[str]:
    findings = {*SENTENCES, *(rule.partition(".")[0] for rule in SENTENCES)}
    return {
        "on": {*Action.values, Turn.WAIT, SPOKEN},
        "found": findings,
        "late": set(Promise.values),
        "stages": {stage.value for stage in OPEN_STAGES},
    }[name]


def _words(
    key: str, told: Mapping[str, Any], language: Language, rows: list[Mapping[str, Any]]
) -> Words:
    words = told.get(language.value)
    where = f"{key} in {language.value}"
    if not isinstance(words, dict):
        raise BadScenario(f"{where}: no words")
    known = {*FACTS, "questions", "interest_words", "lines"}
    _demand(where, set(words) <= known, f"unknown entries {set(words) - known}")
    for name in FACTS:
        _demand(where, _is_text(words.get(name)), f"{name} is missing")
    for name in ("questions", "interest_words"):
        rows_of = words.get(name)
        right = isinstance(rows_of, list) and bool(rows_of) and all(map(_is_text, rows_of))
        _demand(where, right, f"{name} must list at least one")
    lines = {row["name"]: row[language.value] for row in rows if _is_text(row.get(language.value))}
    own = words.get("lines", {})
    names = {row["name"] for row in rows}
    _demand(where, set(own) <= names, f"lines of no rule: {set(own) - names}")
    _demand(where, all(map(_is_text, own.values())), "an empty line")
    _demand(where, names <= {*lines, *own}, f"no line for {names - {*lines, *own}}")
    facts = {name: words[name] for name in FACTS}
    return Words(
        **facts, questions=tuple(words["questions"]),
        interest_words=tuple(words["interest_words"]), lines={**lines, **own},
    )  # fmt: skip


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


__all__ = ["BadScenario", "Scenario", "Words", "scenario", "scenarios"]
