"""The steps with which the tests here merge, and undo it."""

from __future__ import annotations

from objections import steps
from objections.models import Case

UNDO = steps.Unmerge(reason="Two pumps after all")


def into(case: Case) -> steps.Merge:
    return steps.Merge(into=case.reference, reason="The same pump")
