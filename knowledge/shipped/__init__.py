"""What the product brings along: playbook cards, reply templates, jargon; in three languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accounts.models import Language

FOLDER = Path(__file__).resolve().parent
LISTS = ("recognise", "do", "avoid")


def ship(cards: Any, templates: Any, jargon: Any) -> None:
    """Fill each of these tables that is empty. One that holds anything is left as it is.

    Takes the models, so that a migration can hand in the tables as they are at its time.
    """
    for table, rows in ((cards, card_rows), (templates, template_rows), (jargon, jargon_rows)):
        if not table._default_manager.exists():
            table._default_manager.bulk_create(table(**row) for row in rows())


def card_rows() -> Iterator[dict[str, str]]:
    for language, read in _files("playbooks"):
        for card in read["card"]:
            points = {name: "\n".join(card[name]) for name in LISTS}
            yield {"language": language, **card, **points}


def template_rows() -> Iterator[dict[str, str]]:
    for language, read in _files("templates"):
        for template in read["template"]:
            yield {"language": language, **template, "body": template["body"].strip()}


def jargon_rows() -> Iterator[dict[str, str]]:
    for language, read in _files("jargon"):
        for term, plain in read["terms"].items():
            yield {"language": language, "term": term, "plain": plain}


def _files(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for language in Language.values:
        yield language, tomllib.loads((FOLDER / f"{name}.{language}.toml").read_text("utf-8"))
