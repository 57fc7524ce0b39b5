"""The page about the stages says what the table does."""

from __future__ import annotations

import re
from pathlib import Path

from objections import lifecycle_page
from objections.errors import DEMANDS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_in_docs_is_the_one_made_from_the_table() -> None:
    page = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
    assert page == lifecycle_page.render(), "run: manage.py lifecycle_page > docs/lifecycle.md"


def test_the_page_names_every_demand_that_the_product_can_make() -> None:
    sources = (ROOT / "objections").rglob("*.py")
    made: set[str] = set()
    for source in sources:
        made |= set(re.findall(r'Demand\(\s*"(\w+)"', source.read_text(encoding="utf-8")))
    named = {code for codes in lifecycle_page.ASKS.values() for code in codes}
    assert made == named
    assert made <= set(DEMANDS)
