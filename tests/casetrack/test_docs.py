from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READ = re.compile(r"env\.\w+\(\s*\"([A-Z_]+)\"")
LINK = re.compile(r"\]\(([^)#\s]+)")


def names_read() -> set[str]:
    """Every name that the settings read from the environment."""
    found: set[str] = set()
    for module in (ROOT / "casetrack" / "settings").glob("*.py"):
        found.update(READ.findall(module.read_text()))
    return found


@pytest.mark.parametrize("name", sorted(names_read()))
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text()


def test_every_setting_that_production_demands_is_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    production = (ROOT / "casetrack" / "settings" / "production.py").read_text()
    demanded = re.search(r"^DEMANDED = \((.*)\)$", production, re.MULTILINE)
    assert demanded is not None
    for name in re.findall(r'"(\w+)"', demanded.group(1)):
        assert re.search(rf"^{name}=\S", example, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_targets_that_pages_name_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z]+)`", page.read_text()):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"
