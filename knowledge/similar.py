"""Cases that look like one that somebody has before them, and what solved them.

Some hundreds of candidates come from four indexes: those that share the rarest words, the
same serial number, the same batch, and the newest of the same product. Only these are
weighed; so the time does not grow with the number of cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case as Either
from django.db.models import F, FloatField, QuerySet, Value, When

from accounts.models import User
from customers.models import Product
from knowledge import rarity
from knowledge.rarity import Rarity
from objections import searching
from objections.models import Case, CaseText, Solution, Verdict
from objections.permissions import visible
from objections.segmentation import words
from objections.vocabulary import Stage

RARE_WORDS = 24
"""So many words find and weigh candidates: those that say most."""
MOST_ROWS = 2_000
"""Words are added to the question while so many rows are expected to hold one of them."""
PAIRED = 4
"""Of words that are all common, two out of so many are asked for."""
CANDIDATES = 300
SAME_NUMBER, SAME_PRODUCT = 50, 100
WEIGHED = 30
"""So many of the most alike are asked for their verdict."""
LONGEST = 4_000
"""Characters of a text that are looked at; more than anybody says in one breath."""

TEXT, SERIAL, BATCH, SYMPTOM, PRODUCT = 0.55, 0.35, 0.3, 0.2, 0.15
ENOUGH = 0.2
"""What is less alike than this is not shown. The same product alone is not enough."""
CLOSED_FOR_NOTHING = (Stage.MERGED, Stage.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A case that looks alike, how far (0 to 1 and above), and what came of it.

    ``same`` names what it shares, of "serial", "batch", "product" and "symptom".
    ``score`` is the customer's own, 1 to 5, None where nobody gave one. ``chosen`` and
    ``cause`` are empty until a solution was told. ``words`` is the share of what the words
    say that both have, 0 to 1.
    """

    case: Case
    likeness: float
    same: tuple[str, ...]
    satisfied: bool | None = None
    score: int | None = None
    chosen: str = ""
    cause: str = ""
    words: float = 0.0


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A candidate that is alike enough, before its row is read."""

    key: int
    likeness: float
    same: tuple[str, ...]
    words: float
    satisfied: bool | None = None
    score: int | None = None

    @property
    def rank(self) -> tuple[float, float, float, int]:
        """The most alike first, by tenths; among equals the satisfied, then the newest."""
        content = self.score or (0 if self.satisfied is None else 5 if self.satisfied else 1)
        return (-round(self.likeness, 1), -content, -self.likeness, -self.key)


@dataclass(frozen=True, slots=True)
class _Sought:
    """What is looked for: words that say most, and facts that should be the same."""

    rare: list[str]
    known: Rarity
    product: Product | None
    batch: str
    serial: str
    symptoms: frozenset[str] = field(default_factory=frozenset)


def similar(
    words_of: str,
    *,
    user: User,
    product: Product | None = None,
    batch: str = "",
    serial: str = "",
    symptom_codes: Sequence[str] = (),
    exclude: Case | None = None,
    only_open: bool = False,
    limit: int = 5,
) -> list[SimilarCase]:
    """Return the cases most like what is told, those that exist for this person.

    ``words_of`` is the text as people wrote it: title, and the customer's words. Merged
    and withdrawn cases are left out; ``only_open`` leaves out the closed ones, too, and
    asks nothing of verdicts and solutions. Costs eight queries at most, however many cases
    there are, and two more once in ten minutes.
    """
    known = rarity.of_cases()
    sought = _Sought(
        known.rarest(words(words_of[:LONGEST]), RARE_WORDS), known, product, batch.strip(),
        serial.strip(), frozenset(code.strip() for code in symptom_codes if code.strip()),
    )  # fmt: skip
    scope = Case.objects.exclude(stage__in=CLOSED_FOR_NOTHING)
    if only_open:
        scope = scope.filter(closed_at__isnull=True)
    if exclude is not None:
        scope = scope.exclude(pk=exclude.pk)
    keys = _candidates(sought, scope, only_open=only_open)
    found = _weigh(sought, scope.filter(visible(user), pk__in=keys))
    if only_open:
        return _read(sorted(found, key=lambda one: one.rank)[:limit])
    best = sorted(found, key=lambda one: -one.likeness)[: max(WEIGHED, limit)]
    ranked = sorted(_with_verdicts(best), key=lambda one: one.rank)[:limit]
    return _with_solutions(_read(ranked))


def similar_to(case: Case, *, user: User, limit: int = 5) -> list[SimilarCase]:
    """Return the cases most like one that is there already."""
    return similar(
        text_of(case), user=user, product=case.product, batch=case.batch, serial=case.serial,
        symptom_codes=case.symptom_codes, exclude=case, limit=limit,
    )  # fmt: skip


def text_of(case: Case) -> str:
    """Return the words of a case that say what it is about."""
    return f"{case.title}\n{case.statement}"


# Candidates


def question(rare: Sequence[str], known: Rarity) -> list[tuple[str, ...]]:
    """Return the groups of words to ask the index for: any of them, each with all its words.

    The rarest words alone, until they hold enough rows. Where even the rarest is common,
    two out of the first few, so that what is found shares more than chance.
    """
    asked: list[tuple[str, ...]] = []
    rows = 0.0
    for word in rare:
        rows += known.expected(word)
        if rows > MOST_ROWS:
            break
        asked.append((word,))
    return asked or list(combinations(rare[:PAIRED], 2)) or [tuple(rare)]


def _candidates(sought: _Sought, scope: QuerySet[Case], *, only_open: bool) -> set[int]:
    keys: set[int] = set()
    if sought.rare:
        keys.update(by_words(sought.rare, sought.known, only_open=only_open))
    if sought.serial:
        same = scope.filter(serial=sought.serial).exclude(serial="")
        keys.update(same.order_by("-pk").values_list("pk", flat=True)[:SAME_NUMBER])
    if sought.batch:
        same = scope.filter(batch=sought.batch).exclude(batch="")
        keys.update(same.order_by("-pk").values_list("pk", flat=True)[:SAME_NUMBER])
    if sought.product is not None:
        same = scope.filter(product=sought.product).order_by("-received_at")
        keys.update(same.values_list("pk", flat=True)[:SAME_PRODUCT])
    return keys


def by_words(
    rare: Sequence[str], known: Rarity, *, only_open: bool = False
) -> QuerySet[CaseText, int]:
    """Return the keys of the newest cases that hold what ``question`` asks for."""
    asked = reduce(or_, [searching.query(group) for group in question(rare, known)])
    rows = CaseText.objects.filter(tokens=asked)
    if only_open:
        rows = rows.filter(case__closed_at__isnull=True)
    return rows.order_by("-pk").values_list("pk", flat=True)[:CANDIDATES]


# Weighing


def _weigh(sought: _Sought, rows: QuerySet[Case]) -> list[_Weighed]:
    """Return those of the candidates that are alike enough."""
    told = rows.annotate(shared=_shared(sought)).values_list(
        "pk", "shared", "serial", "batch", "product_id", "symptom_codes"
    )
    weighed = (_alike(sought, *row) for row in told)
    return [one for one in weighed if one.likeness >= ENOUGH]


def _shared(sought: _Sought) -> Any:
    """Return the expression for the share of what the words say that a case's hold, too."""
    whole = sum(sought.known.weight(word) for word in sought.rare)
    shared: Any = Value(0.0, output_field=FloatField())
    for word in sought.rare:
        asked = SearchQuery(word, config=searching.CONFIG, search_type="phrase")
        weight = Value(sought.known.weight(word) / whole, output_field=FloatField())
        shared += Either(When(text__tokens=asked, then=weight), default=Value(0.0))
    return shared


def _alike(
    sought: _Sought,
    key: int,
    told: float,
    serial: str,
    batch: str,
    product: int | None,
    symptoms: Iterable[str],
) -> _Weighed:
    likeness, same = TEXT * told, list[str]()
    if sought.serial and serial == sought.serial:
        likeness, same = likeness + SERIAL, [*same, "serial"]
    if sought.batch and batch == sought.batch:
        likeness, same = likeness + BATCH, [*same, "batch"]
    if sought.product is not None and product == sought.product.pk:
        likeness, same = likeness + PRODUCT, [*same, "product"]
    if both := sought.symptoms & set(symptoms):
        likeness, same = likeness + SYMPTOM * len(both) / len(sought.symptoms), [*same, "symptom"]
    return _Weighed(key, likeness, tuple(same), told)


# What came of them


def _with_verdicts(found: Sequence[_Weighed]) -> Iterable[_Weighed]:
    """Add each customer's last word on it."""
    rows = Verdict.objects.filter(case__in=[one.key for one in found])
    last = {row.case_id: row for row in rows.order_by("given_at", "pk")}
    for one in found:
        verdict = last.get(one.key)
        if verdict is not None:
            one = replace(one, satisfied=verdict.satisfied, score=verdict.score)
        yield one


def _read(ranked: Sequence[_Weighed]) -> list[SimilarCase]:
    """Read the rows of the few that are shown."""
    rows = Case.objects.select_related("product", "customer").in_bulk([one.key for one in ranked])
    return [
        SimilarCase(
            rows[one.key], one.likeness, one.same, satisfied=one.satisfied, score=one.score,
            words=one.words,
        )
        for one in ranked
    ]  # fmt: skip


def _with_solutions(found: Sequence[SimilarCase]) -> list[SimilarCase]:
    """Add what was told last: the cause, and the way out that was chosen."""
    rows = Solution.objects.filter(
        case__in=[one.case.pk for one in found], withdrawn_at__isnull=True
    )
    told = rows.order_by("number").values("case_id", "cause", option=F("chosen__title"))
    last = {row["case_id"]: row for row in told}
    return [
        replace(one, cause=last[one.case.pk]["cause"], chosen=last[one.case.pk]["option"] or "")
        if one.case.pk in last
        else one
        for one in found
    ]
