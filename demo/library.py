"""The articles of the demo's house, grown out of its cases' lessons by the real services."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from customers.models import Product
from demo.cast import PUMP_MODELS
from demo.stories import DATA
from knowledge import articles
from knowledge.articles import ArticleText
from knowledge.models import Article
from objections.models import Case
from objections.vocabulary import Sensitivity

AUTHORS = {"zh-hans": "wang.jiayi", "en": "grace.okafor"}
PUBLISHER = "mei.tan"
WRITTEN_AFTER, PUBLISHED_AFTER = timedelta(hours=5), timedelta(hours=20)
RETIRED_AFTER = timedelta(days=2)
LONG_AGO, A_DAY = timedelta(days=50), timedelta(days=1)
Entry = dict[str, str]


@transaction.atomic
def write(*, now: datetime) -> int:
    """Write the demo's articles as they came about until ``now``; none where some are there.

    One whose lesson no closed case brought begins without a case. Returns how many there
    are new.
    """
    if Article.objects.exists():
        return 0
    people = {user.username: user for user in User.objects.filter(is_active=True)}
    entries = list(_entries())
    for number, entry in enumerate(entries):
        case = _case_of(entry["lesson"]) if entry["lesson"] else None
        at = case.closed_at if case and case.closed_at else now - LONG_AGO + number * A_DAY
        _write(entry, case, people, at, now)
    return len(entries)


def _entries() -> Iterator[Entry]:
    given = tomllib.loads((DATA / "articles.toml").read_text(encoding="utf-8"))
    yield from given["article"]


def _case_of(lesson: str) -> Case | None:
    """Return the first case that taught this, of those that anybody may read of."""
    taught = Case.objects.filter(lesson=lesson, sensitivity=Sensitivity.NORMAL)
    return taught.exclude(closed_at=None).order_by("closed_at").first()


def _write(
    entry: Entry, case: Case | None, people: dict[str, User], at: datetime, now: datetime
) -> None:
    author = people[AUTHORS[entry["language"]]]
    if case is not None and case.handler is not None:
        author = case.handler
    text = ArticleText(
        title=entry["title"], body=entry["body"], language=entry["language"],
        product=_product(entry["product"]), cause_category=entry["cause"],
    )  # fmt: skip
    made = articles.draft(text, by=author, now=min(at + WRITTEN_AFTER, now), case=case)
    state, publisher = entry.get("state", "published"), people[PUBLISHER]
    if state == "draft":
        return
    out = articles.publish(
        made, by=publisher, now=min(at + PUBLISHED_AFTER, now), seen=made.version
    )
    if state == "retired":
        articles.retire(out, by=publisher, now=min(at + RETIRED_AFTER, now), seen=out.version)


def _product(name: str) -> Product | None:
    if not name:
        return None
    brand, model = ("Hydra", name) if name in PUMP_MODELS else tuple(name.split(" ", 1))
    return Product.objects.get(brand=brand, model=model)
