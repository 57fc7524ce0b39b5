"""The page about settings names every variable that is read."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""env(?:\.\w+)?\(\s*["']([A-Z][A-Z_]+)["']""")


def test_the_page_names_every_variable_that_the_settings_read() -> None:
    read: set[str] = set()
    for source in (ROOT / "casetrack" / "settings").glob("*.py"):
        read |= set(READ.findall(source.read_text(encoding="utf-8")))
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert read
    assert {name for name in read if f"`{name}`" not in page} == set()
