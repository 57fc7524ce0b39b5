"""What customers say and what came of it, and the phrases that all cases share."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from objections.vocabulary import CauseCategory, Kind, Urgency

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Way:
    title: str
    benefit: str
    drawback: str


@dataclass(frozen=True, slots=True)
class Story:
    """One matter. ``asks`` are pairs of question and answer."""

    language: str
    product: str
    title: str
    said: str
    asks: tuple[tuple[str, str], ...]
    heard: str
    wants: str
    needs: str
    cause: str
    category: CauseCategory
    ways: tuple[Way, ...]
    lesson: str
    kind: Kind = Kind.COMPLAINT
    urgency: Urgency = Urgency.NORMAL


@cache
def stories(language: str) -> tuple[Story, ...]:
    """Return all that is told in a language, ``zh`` or ``en``."""
    given = tomllib.loads((DATA / f"stories_{language}.toml").read_text(encoding="utf-8"))
    return tuple(_story(language, entry) for entry in given["story"])


def _story(language: str, entry: dict[str, object]) -> Story:
    lists = {"asks", "ways", "category", "kind", "urgency"}
    asks = entry["asks"] if isinstance(entry["asks"], list) else []
    ways = entry["ways"] if isinstance(entry["ways"], list) else []
    return Story(
        language=language,
        asks=tuple((str(question), str(answer)) for question, answer in asks),
        ways=tuple(Way(str(what), str(good), str(bad)) for what, good, bad in ways),
        category=CauseCategory(str(entry["category"])),
        kind=Kind(str(entry.get("kind", Kind.COMPLAINT))),
        urgency=Urgency(str(entry.get("urgency", Urgency.NORMAL))),
        **{name: str(value) for name, value in entry.items() if name not in lists},
    )  # fmt: skip


def story(language: str, title: str) -> Story:
    """Return the story whose title starts so."""
    return next(one for one in stories(language) if one.title.startswith(title))


@cache
def _words(language: str) -> dict[str, list[str]]:
    given = tomllib.loads((DATA / f"words_{language}.toml").read_text(encoding="utf-8"))
    return {name: [said] if isinstance(said, str) else said for name, said in given.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language, drawn by chance, with their blanks filled."""

    language: str
    random: Random

    def say(self, name: str, **blanks: str) -> str:
        return self.random.choice(_words(self.language)[name]).format(**blanks)
