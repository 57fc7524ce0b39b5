"""Words of cases in the database's index: how they are written, and asked for."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Value
from django.db.models.expressions import CombinedExpression

from objections.models import Case, CaseText
from objections.segmentation import words

CONFIG = "simple"
"""The words come cut and folded; the database must not bend them any further."""


def vector(*weighted: tuple[str, str]) -> SearchVector | CombinedExpression:
    """Return what is stored for texts, each with its weight from A to D."""
    parts = [
        SearchVector(Value(" ".join(words(text))), config=CONFIG, weight=weight)
        for text, weight in weighted
    ]
    whole: SearchVector | CombinedExpression = parts[0]
    for part in parts[1:]:
        whole = whole + part
    return whole


def query(asked: Sequence[str], *, any_of: bool = False) -> SearchQuery:
    """Return the question for words that were cut already: all of them, or any.

    A number that the server parts, such as E-17, is found whole only. An empty question
    finds nothing.
    """
    first, *rest = [
        SearchQuery(word, config=CONFIG, search_type="phrase") for word in asked or [""]
    ]
    for one in rest:
        first = first | one if any_of else first & one
    return first


def index(cases: Sequence[Case]) -> None:
    """Write the words of these new cases, in the caller's transaction."""
    for case in cases:
        CaseText.objects.create(
            case=case,
            tokens=vector(
                (case.title, "A"), (case.statement, "B"),
                (f"{case.expectation} {case.already_tried}", "C"),
            ),
        )  # fmt: skip
