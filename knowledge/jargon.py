"""The words of the house that a customer need not know."""

from __future__ import annotations

from knowledge.models import JargonTerm


def wordings(language: str) -> dict[str, str]:
    """Return each term that a text of this language should not hold, and the plain wording.

    A short form such as RMA stands in Chinese texts as in English ones, so each language
    has its own list, and only that one is read.
    """
    return dict(JargonTerm.objects.filter(language=language).values_list("term", "plain"))
