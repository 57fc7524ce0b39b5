"""Where the files lie that show something: outside everything that a web server serves."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import puremagic
from django.conf import settings
from django.core.files.base import File
from django.utils.text import get_valid_filename

from objections.errors import FieldInvalid

TEXT = "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument"

TYPES: dict[str, str] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heif",
    "heif": "image/heif",
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "txt": TEXT,
    "csv": TEXT,
    "log": TEXT,
}
"""The endings that are taken, and the type that a file of that ending is served as."""

SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What a browser shows as a picture and can not run."""

_SAME_AS = {
    "image/heic": "image/heif",
    "image/pjpeg": "image/jpeg",
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
}
_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it lies in the store. ``stored_as`` is a name of ours, ``name`` the sender's."""

    stored_as: str
    name: str
    content_type: str
    size: int
    sha256: str


def store(file: File[bytes]) -> Stored:
    """Check a file and keep it under a name of ours.

    Raises FieldInvalid on ``file``: "empty", "too_large" (EVIDENCE_MAX_BYTES), or
    "file_type" where ending and content do not agree on a type of TYPES. What is refused
    leaves nothing behind. A file whose row is not saved in the end is never served.
    """
    content_type = check(file)
    ending = PurePosixPath(file.name or "").suffix.lower()
    key = uuid.uuid4().hex
    stored_as = f"{key[:2]}/{key}{ending}"
    digest = _write(file, path_of(stored_as))
    name = _plain_name(file.name or "")
    return Stored(stored_as, name, content_type, file.size or 0, digest)


def check(file: File[bytes]) -> str:
    """Return the type that a file would be served as, or refuse it as ``store`` does."""
    size = file.size or 0
    if size == 0:
        raise FieldInvalid("file", "empty")
    if size > settings.EVIDENCE_MAX_BYTES:
        raise FieldInvalid("file", "too_large")
    return _content_type(file)


def path_of(stored_as: str) -> Path:
    """Return where a stored file lies; it never leads out of the store (ValueError)."""
    root = Path(settings.CASETRACK_EVIDENCE_ROOT).resolve()
    path = (root / stored_as).resolve()
    if not path.is_relative_to(root):
        raise ValueError(stored_as)
    return path


def open_stored(stored_as: str) -> IO[bytes]:
    """Open a stored file for reading. Raises FileNotFoundError where it is gone."""
    return path_of(stored_as).open("rb")


def _content_type(file: File[bytes]) -> str:
    expected = TYPES.get(PurePosixPath(file.name or "").suffix.lower().removeprefix("."))
    if expected is None:
        raise FieldInvalid("file", "file_type")
    file.seek(0)
    head = file.read(_HEAD)
    found = _types_in(head)
    if expected == TEXT:
        if found & {"text/html", "image/svg+xml"} or b"\0" in head:
            raise FieldInvalid("file", "file_type")
        return TEXT
    if expected in found:
        return expected
    # Telephones and chat programs often rename pictures: one kind of picture for another is taken.
    pictures = found & SHOWN_INLINE
    if expected in SHOWN_INLINE and pictures:
        return min(pictures)
    raise FieldInvalid("file", "file_type")


def _types_in(head: bytes) -> set[str]:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return set()
    return {_SAME_AS.get(match.mime_type, match.mime_type) for match in matches}


def _plain_name(name: str) -> str:
    """Return the sender's name for a file, without its path and without what a shell may mean."""
    last = PurePosixPath(name.replace("\\", "/")).name
    stem, dot, ending = get_valid_filename(last).rpartition(".")
    return f"{stem[:180]}{dot}{ending[:16]}"


def _write(file: File[bytes], path: Path) -> str:
    digest = hashlib.sha256()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("xb") as target:
            path.chmod(0o600)
            for chunk in file.chunks():
                digest.update(chunk)
                target.write(chunk)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return digest.hexdigest()
