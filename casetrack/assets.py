"""Puts the few front-end files that pages use where Django finds them: below `vendor/`.

`python -m casetrack.assets` copies from node_modules to build/assets/vendor: Tabler's stylesheet,
htmx, and one sprite of the Tabler icons that casetrack/icons.txt names. A template shows an icon by
`<use href="{% static 'vendor/icons.svg' %}#i-check">`; a name that starts with `f-` is the filled
drawing. Only these files are served, hashed and compressed, never node_modules itself.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "build" / "assets" / "vendor"
ICONS = ROOT / "casetrack" / "icons.txt"
COPIED = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
SOURCE_MAP = re.compile(r"\s*(/\*#|//#) ?sourceMappingURL=[^\n]*")
SVG = "http://www.w3.org/2000/svg"
# The width of the lines is the page's to say.
OUTLINE = {
    "fill": "none",
    "stroke": "currentColor",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
FILLED = {"fill": "currentColor", "stroke": "none"}


class AssetMissing(Exception):
    """A front-end file or icon is not there; the message names it."""


def build() -> None:
    """Write every file anew; a source map that is not served is not pointed at either."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in COPIED.items():
        (VENDOR / name).write_text(SOURCE_MAP.sub("", read(MODULES / source)))
    (VENDOR / "icons.svg").write_text(sprite(ICONS.read_text().split()))


def sprite(names: list[str]) -> str:
    """Draw one SVG with a symbol `i-NAME` for each icon."""
    ElementTree.register_namespace("", SVG)
    whole = ElementTree.Element(f"{{{SVG}}}svg")
    for name in sorted(set(names)):
        whole.append(symbol(name))
    return ElementTree.tostring(whole, encoding="unicode")


def symbol(name: str) -> ElementTree.Element:
    filled = name.startswith("f-")
    folder = "filled" if filled else "outline"
    source = MODULES / "@tabler/icons/icons" / folder / f"{name.removeprefix('f-')}.svg"
    drawn = ElementTree.Element(
        f"{{{SVG}}}symbol",
        {"id": f"i-{name}", "viewBox": "0 0 24 24", **(FILLED if filled else OUTLINE)},
    )
    for shape in ElementTree.fromstring(read(source)):  # noqa: S314 - a pinned package's file
        is_bounding_box = shape.get("stroke") == "none" and shape.get("fill") == "none"
        if not is_bounding_box:
            shape.tail = None
            drawn.append(shape)
    return drawn


def read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        raise AssetMissing(f"{path.relative_to(ROOT)} is not there: run `make assets`.") from None


if __name__ == "__main__":
    try:
        build()
    except AssetMissing as missing:
        sys.exit(str(missing))
