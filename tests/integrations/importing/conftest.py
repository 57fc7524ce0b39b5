"""Small messy exports, and the command that reads them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

HEADER = "external_id,statement,received_at"
Bring = Callable[..., list[str]]


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Write an export and return its path. Lines are joined as they are."""

    def write(
        *lines: str, header: str = HEADER, encoding: str = "utf-8", end: str = "\n",
        name: str = "export.csv",
    ) -> Path:  # fmt: skip
        path = tmp_path / name
        path.write_bytes(end.join([header, *lines, ""]).encode(encoding))
        return path

    return write


@pytest.fixture
def bring() -> Bring:
    """Run the command and return what it said, line by line."""

    def run(path: Path, *options: str, mode: str = "historical") -> list[str]:
        said = io.StringIO()
        given = ["--mode", mode, *options] if mode else options
        call_command("import_cases", str(path), *given, stdout=said)
        return said.getvalue().splitlines()

    return run
