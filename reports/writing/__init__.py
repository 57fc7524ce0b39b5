"""The product's own words for each part of each report."""

from __future__ import annotations

from collections.abc import Callable

from reports.gathering import Record
from reports.vocabulary import Part
from reports.writing import benefits, disciplines, plans, situations
from reports.writing.pen import Pen

Writer = Callable[[Record, Pen], list[str]]

WRITERS: dict[Part, Writer] = {
    Part.BACKGROUND: situations.background,
    Part.EFFECT: situations.effect,
    Part.SOLUTION: benefits.solution,
    Part.BENEFIT: benefits.benefit,
    Part.EVIDENCE: plans.evidence,
    Part.PLAN: plans.plan,
    Part.D0: disciplines.symptom,
    Part.D1: disciplines.team,
    Part.D2: disciplines.problem,
    Part.D3: disciplines.containment,
    Part.D4: disciplines.root_cause,
    Part.D5: disciplines.chosen,
    Part.D6: disciplines.carried_out,
    Part.D7: disciplines.prevention,
    Part.D8: disciplines.closure,
}


def write(part: Part, record: Record, pen: Pen) -> str:
    """Return what the product says in a part: lines, never empty, the same whoever reads."""
    return "\n".join(WRITERS[part](record, pen))
