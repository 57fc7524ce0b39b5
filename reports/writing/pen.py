"""Says a thing in one language, or in two side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.functional import Promise as Lazy
from django.utils.text import Truncator
from django.utils.translation import pgettext_lazy

from reports.vocabulary import Part, Tongue
from timekeeping import wording

Words = str | Lazy | Callable[[], str]
"""Words that are known as they are, or only once a language is active."""

PAIR = pgettext_lazy("label and value", "{label}: {value}")


def _now(words: Words) -> str:
    return words() if callable(words) else str(words)


class Pen:
    """Writes for one report. People's own words stand as they are, once.

    Moments are those of the house's own zone, whoever reads, so that a text says the same
    to everybody.
    """

    def __init__(self, tongue: Tongue, *, longest: int) -> None:
        self.tongue, self.longest = tongue, longest

    def say(self, words: Words, **values: Words | int) -> str:
        """Return words with their values filled in, in each language, " / " between."""
        return " / ".join(self._each(words, values))

    def heading(self, words: Words) -> str:
        """Return a heading in each language, side by side."""
        return " ".join(self._each(words, {}))

    def part(self, part: Part) -> str:
        """Return the heading of a part, a discipline with its number."""
        return f"{part.number} {self.heading(part.label)}".strip()

    def pair(self, label: Words, value: Words | int) -> str:
        """Return "Label: value", the label in each language side by side."""
        with translation.override(self.tongue.languages[-1]):
            pattern = str(PAIR)
        return pattern.format(label=self.heading(label), value=self.own(self.say(_text(value))))

    def pairs(self, *given: tuple[Words, Words | int | None]) -> list[str]:
        """Return the pairs whose value is there."""
        return [
            self.pair(label, value) for label, value in given if value is not None and value != ""
        ]

    def own(self, text: str) -> str:
        """Return a text on one line, no longer than this report takes of any."""
        return str(Truncator(" ".join(text.split())).chars(self.longest))

    def quote(self, text: str) -> str:
        """Return somebody's own words between quotation marks."""
        words = Truncator(" ".join(text.split())).chars(self.longest - 2)
        return f"「{words}」" if self.tongue is Tongue.TRADITIONAL else f"“{words}”"

    def when(self, at: datetime) -> str:
        """Return a moment with its date, in the house's own zone."""
        return f"{at.astimezone(timezone.get_default_timezone()):%Y-%m-%d %H:%M}"

    def length(self, length: timedelta) -> Callable[[], str]:
        """Return a length of time, said once the language is known."""
        return lambda: wording.duration(length)

    def _each(self, words: Words, values: dict[str, Words | int]) -> list[str]:
        found: list[str] = []
        for language in self.tongue.languages:
            with translation.override(language):
                said = _now(words)
                if values:
                    given = {name: _now(_text(value)) for name, value in values.items()}
                    said = said.format(**given)
            if said not in found:
                found.append(said)
        return found


def _text(value: Words | int) -> Words:
    return str(value) if isinstance(value, int) else value
