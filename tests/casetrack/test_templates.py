from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.*") if path.is_file())
PAGES = [name for name in TEMPLATES if name.endswith(".html")]
# A mail is read where no stylesheet of ours is; everything else obeys the page's own policy.
OUTSIDE = re.compile(r"(^|/)mail")


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name: str) -> None:
    assert "Template" in type(engines["django"].get_template(name)).__name__


@pytest.mark.parametrize("name", [name for name in PAGES if not OUTSIDE.search(name)])
def test_a_page_carries_no_script_style_or_foreign_file(name: str) -> None:
    text = re.sub(
        r"\{%\s*comment.*?endcomment\s*%\}", "", (ROOT / name).read_text(), flags=re.DOTALL
    )
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)
    assert "<style" not in text
    assert not re.search(r"\s(style|on[a-z]+)=[\"']", text)
    assert not re.search(r"(src|href)=[\"'](https?:)?//", text)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_stays_short_enough_to_be_read(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= 120
