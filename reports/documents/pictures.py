"""Evidence that can be shown inside a document."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from docx.exceptions import InvalidXmlError
from docx.image.exceptions import (
    InvalidImageStreamError,
    UnexpectedEndOfFileError,
    UnrecognizedImageError,
)
from docx.image.image import Image

from objections import evidence
from objections.models import Evidence
from reports.documents.bare import bare

EMBEDDED = frozenset({"image/jpeg", "image/png"})
LARGEST = 6 * 1024 * 1024
TOGETHER = 20 * 1024 * 1024
MOST = 6
MOST_PIXELS = 60_000_000
UNREADABLE = (
    InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError, InvalidXmlError,
    OSError, ValueError, KeyError, IndexError, AttributeError, TypeError, ZeroDivisionError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a document can hold. ``shape`` is its height for a ``width`` of 1.

    ``width`` is in pixels.
    """

    row: Evidence
    content: bytes
    width: int
    shape: float

    @property
    def stream(self) -> BytesIO:
        return BytesIO(self.content)


def sort_out(rows: Sequence[Evidence], *, most: int = MOST) -> tuple[list[Picture], list[Evidence]]:
    """Return the pictures to embed, and the files that are only named.

    Embedded are the first few of PNG or JPEG that are not too large, one by one and
    together, without what cameras write beside the pixels. A file that is gone or no
    picture inside is named, and stops nothing.
    """
    found: list[Picture] = []
    named: list[Evidence] = []
    left = TOGETHER
    for row in rows:
        fits = row.content_type in EMBEDDED and row.size <= min(LARGEST, left)
        picture = _read(row) if fits and len(found) < most else None
        if picture is None:
            named.append(row)
        else:
            found.append(picture)
            left -= len(picture.content)
    return found, named


def _read(row: Evidence) -> Picture | None:
    try:
        with evidence.open_stored(row.stored_as) as stored:
            content = bare(stored.read(LARGEST + 1))
        image = Image.from_blob(content)
        width, height = image.px_width, image.px_height
        readable = image.content_type in EMBEDDED and 0 < width * height <= MOST_PIXELS
        _dots = (image.horz_dpi, image.vert_dpi)
    except UNREADABLE:
        return None
    if not readable:
        return None
    return Picture(row, content, width, height / width)
