"""Pictures leave the house without the place, the time and the device."""

from __future__ import annotations

import struct
import zlib

import pytest

from reports.documents.bare import EXIF, PNG, bare
from tests.reports.conftest import png

PLACE = b"GPSLatitude 39 54 N"
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
TABLE = b"\xff\xdb" + struct.pack(">H", 4) + b"\xff\xd9"  # holds what looks like the end
PIXELS = b"\xff\xda\x00\x03\x01" + b"\x11\xff\x00\x22\xff\xd3\x33"
MORE = b"\xff\xc4\x00\x04\xab\xcd" + b"\xff\xda\x00\x03\x02" + b"\x44\xff\x00"
END = b"\xff\xd9"


def part(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(way: int | None, order: str = ">") -> bytes:
    mark = b"MM" if order == ">" else b"II"
    rows = [struct.pack(f"{order}HHII", 0x8825, 4, 1, 99)]  # where the place is written
    if way is not None:
        rows.append(struct.pack(f"{order}HHIHH", 0x0112, 3, 1, way, 0))
    head = struct.pack(f"{order}2sHIH", mark, 42, 8, len(rows))
    return part(0xE1, EXIF + head + b"".join(rows) + struct.pack(f"{order}I", 0) + PLACE)


def jpeg(*private: bytes, after: bytes = b"") -> bytes:
    return b"\xff\xd8" + JFIF + b"".join(private) + TABLE + PIXELS + MORE + END + after


@pytest.mark.parametrize(
    "private",
    [
        exif(1), exif(None), part(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
        part(0xED, b"Photoshop 3.0\0" + PLACE), part(0xFE, PLACE), part(0xE2, b"MPF\0" + PLACE),
        part(0xE1, EXIF + b"II" + PLACE), part(0xE1, EXIF),
    ],
)  # fmt: skip
def test_a_photograph_goes_without_its_place_and_with_every_pixel(private: bytes) -> None:
    assert bare(jpeg(private, after=jpeg(private))) == jpeg()


@pytest.mark.parametrize("order", [">", "<"])
def test_how_it_is_turned_stays(order: str) -> None:
    stripped = bare(jpeg(exif(6, order)))
    assert PLACE not in stripped
    assert struct.pack(">HHIH", 0x0112, 3, 1, 6) in stripped
    assert bare(stripped) == stripped


@pytest.mark.parametrize("kept", [part(0xE2, b"ICC_PROFILE\0\1\1"), part(0xEE, b"Adobe\0d")])
def test_its_colours_stay(kept: bytes) -> None:
    assert bare(jpeg(kept)) == jpeg(kept)


def test_filling_between_the_parts_is_no_harm() -> None:
    assert bare(b"\xff\xd8\xff\xff" + jpeg()[2:]) == jpeg()


def test_a_png_goes_without_its_texts() -> None:
    whole = png()
    chunks = [
        struct.pack(">I", len(PLACE)) + kind + PLACE + struct.pack(">I", zlib.crc32(kind + PLACE))
        for kind in (b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME")
    ]
    after_head = len(PNG) + 25
    assert bare(whole[:after_head] + b"".join(chunks) + whole[after_head:] + PLACE) == whole


@pytest.mark.parametrize("whole", [jpeg(), png()])
def test_what_is_broken_off_anywhere_is_refused(whole: bytes) -> None:
    for length in range(len(whole)):
        with pytest.raises(ValueError, match=r"JPEG|PNG"):
            bare(whole[:length])


def test_what_is_no_picture_is_refused() -> None:
    for content in (b"", b"GIF89a", b"\xff\xd8\xff\xe1\x00\x01", b"\xff\xd8\x00\x00"):
        with pytest.raises(ValueError, match="JPEG"):
            bare(content)
