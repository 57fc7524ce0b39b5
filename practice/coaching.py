"""What the reply coach finds in the words of a rehearsal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.coach import Draft, Finding, Term, better, review, sentence, why
from knowledge.models import JargonTerm
from objections.vocabulary import Action, Kind
from practice.playing import Play
from practice.said import Told

OWES_APOLOGY = {Action.ACKNOWLEDGE.value, Action.COMMUNICATE_SOLUTION.value}


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding in words: what it is, why it matters, what would be better."""

    rule: str
    what: str
    why: str
    better: str


def jargon() -> list[Term]:
    """Return the words of the house, of every language."""
    return [Term(row.term, row.plain, row.language) for row in JargonTerm.objects.all()]


def findings(play: Play, told: Told, terms: Iterable[Term]) -> list[Finding]:
    """Return what the coach points at in something that was told."""
    owes = play.scenario.kind == Kind.COMPLAINT and told.action in OWES_APOLOGY
    draft = Draft(
        told.text, questions=told.questions, contact=play.words.contact, asks_apology=owes,
        leave_out=told.leave_out,
    )  # fmt: skip
    return review(draft, list(terms))


def rules(found: Iterable[Finding]) -> frozenset[str]:
    """Return the rules that findings broke, each with its part where it has one."""
    names: set[str] = set()
    for one in found:
        names.add(one.rule)
        if one.facts.get("part"):
            names.add(f"{one.rule}.{one.facts['part']}")
    return frozenset(names)


def remarks(found: Iterable[Finding]) -> list[Remark]:
    """Say findings in the present language."""
    return [Remark(one.rule, sentence(one), why(one), better(one)) for one in found]
