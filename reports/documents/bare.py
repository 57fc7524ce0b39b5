"""Pure: pictures without what a camera writes beside them: the place, the time, the device.

A report leaves the house; where and by whom a photograph was taken is nobody's business there.
Of all that, only how the picture is turned is kept, and its colour profile. The pixels are
copied as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
PRIVATE_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
SOI, EOI, SOS, APP1, COMMENT = 0xD8, 0xD9, 0xDA, 0xE1, 0xFE
APPS = range(0xE0, 0xF0)
EXIF, PROFILE, ADOBE, JFIF = b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe", b"JFIF\0"
TURNED = 0x0112
WAYS = range(2, 9)
"""The ways in which a picture may lie, as Exif numbers them; 1 is upright."""


def bare(content: bytes) -> bytes:
    """Return a JPEG or PNG without its private parts, and without what follows its end.

    Raises ValueError where it is neither, or broken.
    """
    if content.startswith(PNG):
        return PNG + b"".join(_chunks(content))
    if content.startswith(b"\xff\xd8"):
        return b"\xff\xd8" + b"".join(_segments(content))
    raise ValueError("neither JPEG nor PNG")


def _chunks(content: bytes) -> Iterator[bytes]:
    at, kind = len(PNG), b""
    while kind != b"IEND":
        if at + 12 > len(content):
            raise ValueError("a PNG that ends too early")
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("a PNG that ends too early")
        if kind not in PRIVATE_CHUNKS:
            yield content[at:end]
        at = end


def _segments(content: bytes) -> Iterator[bytes]:
    at = 2
    while True:
        at, marker = _marker(content, at)
        if marker == EOI:
            yield b"\xff\xd9"
            return
        end = at + struct.unpack_from(">H", content, at)[0] if at + 2 <= len(content) else 0
        if not at + 2 <= end <= len(content):
            raise ValueError("a JPEG that ends too early")
        if marker == SOS:
            stop = _scan(content, end)
            yield b"\xff\xda" + content[at:stop]
            at = stop
            continue
        body = content[at + 2 : end]
        if marker == APP1 and body.startswith(EXIF):
            yield _turned(body[len(EXIF) :])
        elif _is_kept(marker, body):
            yield bytes((0xFF, marker)) + content[at:end]
        at = end


def _is_kept(marker: int, body: bytes) -> bool:
    if marker in APPS:
        return body.startswith((PROFILE, ADOBE, JFIF))
    return marker != COMMENT


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """Return the next marker, and where what belongs to it begins. Any filling is skipped."""
    if content[at : at + 1] != b"\xff":
        raise ValueError("a JPEG out of step")
    while content[at : at + 1] == b"\xff":
        at += 1
    if at >= len(content):
        raise ValueError("a JPEG that ends too early")
    return at + 1, content[at]


def _scan(content: bytes, at: int) -> int:
    """Return where the coded pixels end: at the first marker that is none of theirs."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] not in (0, 0xFF, *range(0xD0, 0xD8)):
            return at
        at += 1 if content[at + 1] == 0xFF else 2
    raise ValueError("a JPEG that ends too early")


def _turned(tiff: bytes) -> bytes:
    """Return a part that says only how the picture is turned; nothing where it lies upright."""
    way = _way(tiff)
    if way not in WAYS:
        return b""
    whole = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, TURNED, 3, 1, way, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", 2 + len(EXIF) + len(whole)) + EXIF + whole


def _way(tiff: bytes) -> int:
    order = {b"MM": ">", b"II": "<"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        [first] = struct.unpack_from(f"{order}I", tiff, 4)
        [count] = struct.unpack_from(f"{order}H", tiff, first)
        for place in range(first + 2, first + 2 + 12 * count, 12):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, place)
            if tag == TURNED:
                return int(value)
    except struct.error:
        return 1
    return 1
