"""Articles found by words: Chinese as English, in either writing, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Product
from knowledge import rarity
from knowledge.articles import readable_by
from knowledge.models import Article
from knowledge.similar import LONGEST, RARE_WORDS
from objections.searching import CONFIG
from objections.segmentation import folded, words

MOST_WORDS = 24
SNIPPET = 150
BEFORE = 40
FITTING = 200
RELATED_PRODUCT, RELATED_LANGUAGE = 0.15, 0.1
ENOUGH = 0.2


class State(TextChoices):
    PUBLISHED = "published", _("Published")
    DRAFT = "draft", _("Draft")
    RETIRED = "retired", _("Retired")


CONDITIONS = {
    State.PUBLISHED: Q(published_at__isnull=False, retired_at__isnull=True),
    State.DRAFT: Q(published_at__isnull=True),
    State.RETIRED: Q(retired_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for. Empty fields narrow nothing; the state is always one."""

    text: str = ""
    language: str = ""
    product: Product | None = None
    cause_category: str = ""
    state: State = State.PUBLISHED


@dataclass(frozen=True, slots=True)
class Answer:
    """The articles found, and how: ``loosely`` where none of them has all the words."""

    rows: QuerySet[Article]
    loosely: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_hit: bool


def find(asked: Asked, *, user: User) -> Answer:
    """Return the articles that somebody may read and that have all the words asked for.

    Where there are none, those that have some of them; then those that hold the text as it
    was typed, which finds a part of a word. English words are found by their beginning,
    with or without a plural's s. Without words, the newest first.
    """
    rows = _narrowed(asked, readable_by(user)).select_related("product", "written_by")
    text = asked.text.replace("\x00", "").strip()
    if not text:
        return Answer(rows.order_by("-updated_at", "-pk"))
    cut = list(dict.fromkeys(words(text[:LONGEST])))[:MOST_WORDS]
    for join, loosely in ((and_, False), (or_, True)) if cut else ():
        question = reduce(join, [one_word(word) for word in cut])
        found = rows.filter(tokens=question).annotate(rank=SearchRank(F("tokens"), question))
        if found.exists():
            return Answer(found.order_by("-rank", "-updated_at", "-pk"), loosely)
    part = Q(title__icontains=text) | Q(body__icontains=text)
    return Answer(rows.filter(part).order_by("-updated_at", "-pk"))


def _narrowed(asked: Asked, rows: QuerySet[Article]) -> QuerySet[Article]:
    rows = rows.filter(CONDITIONS[asked.state])
    if asked.language:
        rows = rows.filter(language=asked.language)
    if asked.product is not None:
        rows = rows.filter(product=asked.product)
    if asked.cause_category:
        rows = rows.filter(cause_category=asked.cause_category)
    return rows


def one_word(word: str) -> SearchQuery:
    """Return the question for one word: an English one by its beginning, others whole."""
    if word.isascii() and word.isalpha() and len(word) > 2:
        return SearchQuery(f"{stem(word)}:*", config=CONFIG, search_type="raw")
    return SearchQuery(word, config=CONFIG, search_type="phrase")


def stem(word: str) -> str:
    """Return an English word without a plural's s: seals → seal, but not gas → ga."""
    ends = len(word) > 4 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if word.isascii() and word.isalpha() and ends else word


# What fits a case


def fitting(
    text: str, *, product: Product | None, language: str, limit: int = 3
) -> list[Article]:  # fmt: skip
    """Return the published articles that fit what a customer says, best first.

    Those of the same product and in the reader's own language come before others.
    """
    known = rarity.of_cases()
    rare = known.rarest(words(text[:LONGEST]), RARE_WORDS)
    if not rare:
        return []
    question = reduce(or_, [one_word(word) for word in rare])
    rows = Article.objects.filter(CONDITIONS[State.PUBLISHED], tokens=question)
    found = rows.annotate(rank=SearchRank(F("tokens"), question)).order_by("-rank", "-pk")
    whole = sum(known.weight(word) for word in rare)
    weighed: list[tuple[float, Article]] = []
    for article in found.select_related("product").defer("tokens")[:FITTING]:
        there = folded(f"{article.title}\n{article.body}")
        shared = sum(known.weight(word) for word in rare if stem(word) in there) / whole
        same = product is not None and article.product_id == product.pk
        if shared + RELATED_PRODUCT * same >= ENOUGH:
            near = RELATED_LANGUAGE * (article.language == language)
            weighed.append((shared + RELATED_PRODUCT * same + near, article))
    weighed.sort(key=lambda one: (-one[0], -one[1].pk))
    return [article for _weight, article in weighed[:limit]]


# What is shown of it


def snippet(body: str, asked: str) -> list[Piece]:
    """Return the part of a text where the words asked for stand, cut at them.

    It is the text as it was written: only the comparing is done on folded signs.
    """
    whole = " ".join(body.split())
    marks = list(_marks(whole, words(asked[:LONGEST]) or [folded(asked.strip())]))
    start = max(marks[0][0] - BEFORE, 0) if marks else 0
    end = min(start + SNIPPET, len(whole))
    pieces = _pieces(whole, start, end, marks)
    if start:
        pieces.insert(0, Piece("…", is_hit=False))
    if end < len(whole):
        pieces.append(Piece("…", is_hit=False))
    return pieces


def highlighted(text: str, asked: str) -> list[Piece]:
    """Return a whole text, cut at the words asked for."""
    found = words(asked[:LONGEST]) or [folded(asked.strip())]
    return _pieces(text, 0, len(text), list(_marks(text, found)))


def _marks(text: str, sought: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Give where the words stand, in order and without overlaps: the longest wins."""
    plain = "".join(_sign(sign) for sign in text)
    longest = sorted({stem(word) for word in sought if word}, key=len, reverse=True)
    at = 0
    while at < len(plain):
        hit = next((word for word in longest if _begins(plain, at, word)), None)
        if hit is None:
            at += 1
            continue
        yield at, at + len(hit)
        at += len(hit)


def _begins(text: str, at: int, word: str) -> bool:
    if not text.startswith(word, at):
        return False
    return not (word[0].isascii() and at and text[at - 1].isascii() and text[at - 1].isalnum())


@lru_cache(maxsize=8192)
def _sign(sign: str) -> str:
    """Return one sign folded, still one sign, so that places in both texts are the same."""
    plain = folded(sign)
    return plain if len(plain) == 1 else sign


def _pieces(text: str, start: int, end: int, marks: Sequence[tuple[int, int]]) -> list[Piece]:
    pieces: list[Piece] = []
    at = start
    for first, last in marks:
        if first < at or last > end:
            continue
        if first > at:
            pieces.append(Piece(text[at:first], is_hit=False))
        pieces.append(Piece(text[first:last], is_hit=True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end], is_hit=False))
    return pieces


def products() -> QuerySet[Product]:
    """Return the products that some article speaks of."""
    spoken: Any = Article.objects.filter(product__isnull=False).values("product")
    return Product.objects.filter(pk__in=spoken)
