"""Which of our texts somebody gets who would like another language. Pure."""

from __future__ import annotations

from collections.abc import Collection

from accounts.models import Language

RELATED = {
    Language.SIMPLIFIED: Language.TRADITIONAL,
    Language.TRADITIONAL: Language.SIMPLIFIED,
}


def chain(*wanted: str) -> list[str]:
    """Return the languages to look in, best first: those wanted, then what is near, then all."""
    known = [Language(one) for one in wanted if one in Language.values]
    near = [RELATED[one] for one in known if one in RELATED]
    return [one.value for one in dict.fromkeys([*known, *near, *Language])]


def best(there: Collection[str], *wanted: str) -> str | None:
    """Return the language of ``there`` that suits best; None where there is none at all."""
    return next((one for one in chain(*wanted) if one in there), None)
