from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from casetrack import assets

USED = re.compile(r"""icons\.svg['"]?\s*%\}#i-([a-z0-9-]+)|\{%\s*icon\s+['"]([a-z0-9-]+)['"]""")


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Packages as npm lays them out, with one icon of each kind."""
    icons = tmp_path / "node_modules" / "@tabler" / "icons" / "icons"
    for folder, shape in (("outline", "M5 12l5 5"), ("filled", "M8 7z")):
        (icons / folder).mkdir(parents=True)
        (icons / folder / "star.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg"><path stroke="none" fill="none" d="M0 0h24"/>'
            f'<path d="{shape}"/></svg>'
        )
    for source in assets.COPIED.values():
        file = tmp_path / "node_modules" / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a{}\n/*# sourceMappingURL=gone.map */")
    (tmp_path / "icons.txt").write_text("star\nf-star\n")
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    monkeypatch.setattr(assets, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(assets, "ICONS", tmp_path / "icons.txt")
    return tmp_path


def test_only_the_files_that_are_used_are_served(modules: Path) -> None:
    assets.build()
    served = {path.name for path in (modules / "vendor").iterdir()}
    assert served == {"tabler.min.css", "htmx.min.js", "icons.svg"}


def test_no_file_points_at_a_source_map_that_is_not_there(modules: Path) -> None:
    assets.build()
    assert "sourceMappingURL" not in (modules / "vendor" / "tabler.min.css").read_text()


def test_icons_keep_their_drawing_and_lose_their_bounding_box(modules: Path) -> None:
    symbols = ElementTree.fromstring(assets.sprite(["star", "f-star", "star"]))
    assert [symbol.get("id") for symbol in symbols] == ["i-f-star", "i-star"]
    filled, outline = symbols
    assert (filled.get("fill"), outline.get("fill")) == ("currentColor", "none")
    assert [shape.get("d") for shape in outline] == ["M5 12l5 5"]


def test_an_unknown_icon_is_named(modules: Path) -> None:
    with pytest.raises(assets.AssetMissing, match=r"no-such-icon\.svg"):
        assets.sprite(["no-such-icon"])


def test_every_icon_of_a_template_is_in_the_sprite() -> None:
    listed = set(Path(__file__).parents[2].joinpath("casetrack/icons.txt").read_text().split())
    for template in Path(__file__).parents[2].joinpath("templates").rglob("*.html"):
        for match in USED.finditer(template.read_text()):
            name = match.group(1) or match.group(2)
            assert name in listed, f"{template.name} shows {name}: add it to casetrack/icons.txt"
