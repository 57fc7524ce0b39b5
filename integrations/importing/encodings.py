"""Finding out how a file was encoded, and saying so. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from charset_normalizer import from_bytes

from integrations.importing.errors import ImportStopped

SAMPLE = 64 * 1024
PLAUSIBLE = 0.9
"""So much of what is not ASCII must be everyday Chinese before bytes pass as GB18030.

Nearly any bytes can be read as GB18030, Latin letters with accents too; then they
become rare characters that GB2312 does not have.
"""

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WORKBOOK = b"PK\x03\x04"
BINARY = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"SQLite",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A file as text. Bytes that its encoding does not know stand in it as lone surrogates."""

    text: str
    encoding: str
    detected: bool


def decode(data: bytes, encoding: str = "") -> Text:
    """Return a file's text, read as told, or else as the bytes themselves suggest.

    A few broken bytes spoil only their own rows. Raises ImportStopped for what is empty,
    no text at all, or an encoding that nobody knows or that does not fit.
    """
    if not data.strip():
        raise ImportStopped("The file is empty.")
    _refuse_binary(data)
    if encoding:
        return Text(_read_as(data, encoding), encoding, detected=False)
    found = _by_mark(data) or _by_bytes(data) or _by_statistics(data)
    if found is None:
        raise ImportStopped(
            "The encoding could not be found out. Say which it is, as in: --encoding gb18030"
        )
    return Text(_lenient(data, found), found, detected=True)


def _refuse_binary(data: bytes) -> None:
    if data.startswith(WORKBOOK):
        raise ImportStopped(
            "This is a workbook or an archive, not a CSV file. Save the sheet as CSV first."
        )
    if data.startswith(BINARY):
        raise ImportStopped("This is not a CSV file.")


def _read_as(data: bytes, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        text = _lenient(data, name)
    except (LookupError, UnicodeError) as error:
        raise ImportStopped(f"--encoding {encoding}: {error}.") from error
    text = text.removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    if _broken(head):
        raise ImportStopped(f"--encoding {encoding}: the first line is not written in it.")
    return text


def _lenient(data: bytes, encoding: str) -> str:
    return data.decode(encoding, errors="surrogateescape")


def _broken(text: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in text)


def _by_mark(data: bytes) -> str | None:
    return next((name for mark, name in MARKS if data.startswith(mark)), None)


def _by_bytes(data: bytes) -> str | None:
    """Try the two encodings that betray themselves, line by line."""
    lines = [line for line in data.split(b"\n") if not line.isascii()]
    wide = _by_nuls(data)
    if wide:
        return wide
    if not lines:
        return "ascii"
    if _fits(lines, "utf-8", lambda _: True):
        return "utf-8"
    if _fits(lines, "gb18030", _everyday_chinese):
        return "gb18030"
    return None


def _by_nuls(data: bytes) -> str | None:
    """Recognise UTF-16 without a mark: every other byte of plain letters is nothing."""
    sample = data[:SAMPLE]
    for name, zeros in (("utf-16-be", sample[0::2]), ("utf-16-le", sample[1::2])):
        if zeros.count(0) > len(zeros) / 4:
            return name
    return None


def _fits(lines: list[bytes], encoding: str, plausible: Callable[[str], bool]) -> bool:
    """True where most lines can be read so and make sense: the others are broken rows."""
    good = 0
    for line in lines:
        try:
            good += plausible(line.decode(encoding))
        except UnicodeDecodeError:
            continue
    return good > len(lines) / 2


def _everyday_chinese(text: str) -> bool:
    foreign = [character for character in text if not character.isascii()]
    known = sum(_in_gb2312(character) for character in foreign)
    return known >= PLAUSIBLE * len(foreign)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _by_statistics(data: bytes) -> str | None:
    sample = data[:SAMPLE]
    if len(data) > SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    best = from_bytes(sample).best()
    if best is None:
        return None
    try:
        data.decode(best.encoding)
    except UnicodeDecodeError:
        return None
    return best.encoding
