"""What the customer says next: rules of when and what, read from a scenario, without a database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

CALM, FURIOUS = 1, 5
SPOKEN = "spoken"
"""Stands for every step in which we told the customer something in free words."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a turn was like, seen from the customer.

    ``stage`` is the one after the turn. ``findings`` are the coach's rules that the words
    broke. ``silent`` is how many minutes the customer had heard nothing when the turn was
    over. ``late`` are the promises that stand broken and open.
    """

    action: str
    stage: str = ""
    spoken: bool = False
    findings: frozenset[str] = frozenset()
    names_interest: bool = False
    options: int = 0
    put_off: int = 0
    silent: int = 0
    late: frozenset[str] = frozenset()
    heat: int = 3
    fired: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """If all of its conditions hold after a turn, the customer says ``name``'s line.

    ``heat`` is how their temper changes. ``does`` is what they do by themselves: correct
    us, write or call (``message``), reject the solution, or say that they are not satisfied.
    A rule speaks once, unless it says ``again``.
    """

    name: str
    on: frozenset[str]
    heat: int = 0
    does: str = ""
    again: bool = False
    found: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    interest: bool | None = None
    fewer_options: int | None = None
    put_off: int | None = None
    silent: int | None = None
    heat_from: int = CALM
    heat_to: int = FURIOUS

    def fits(self, facts: Facts) -> bool:
        """Tell whether this rule speaks after such a turn."""
        if not (facts.action in self.on or (SPOKEN in self.on and facts.spoken)):
            return False
        if self.name in facts.fired and not self.again:
            return False
        return self.heat_from <= facts.heat <= self.heat_to and all(self._conditions(facts))

    def _conditions(self, facts: Facts) -> Iterable[bool]:
        yield not self.found or bool(self.found & facts.findings)
        yield not self.late or bool(self.late & facts.late)
        yield not self.stages or facts.stage in self.stages
        yield self.interest is None or self.interest == facts.names_interest
        yield self.fewer_options is None or facts.options < self.fewer_options
        yield self.put_off is None or facts.put_off >= self.put_off
        yield self.silent is None or facts.silent >= self.silent


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the customer said and did after a turn, and how hot they are now."""

    heat: int
    rule: Rule | None = field(default=None)


def react(rules: Sequence[Rule], facts: Facts) -> Reaction:
    """Return the reaction of the first rule that fits; where none does, nothing is said."""
    for rule in rules:
        if rule.fits(facts):
            return Reaction(warmed(facts.heat, rule), rule)
    return Reaction(facts.heat)


def warmed(heat: int, rule: Rule) -> int:
    """Return the customer's temper after a rule has spoken: 1 calm to 5 furious."""
    return max(CALM, min(FURIOUS, heat + rule.heat))
