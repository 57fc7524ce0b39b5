from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import get_finders
from pytest_django.fixtures import Settings

from casetrack.settings import base
from casetrack.static import ServedFiles, collect_changed, fingerprint


@pytest.fixture
def served(tmp_path: Path, settings: Settings) -> Path:
    """A site with one stylesheet, collected the way production does."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "page.css").write_text("body { margin: 0 }" * 50)
    settings.STATICFILES_DIRS = [own]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "served"
    settings.STORAGES = base.STORAGES
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = True
    return tmp_path


def test_files_are_served_hashed_and_compressed_and_to_everybody(served: Path) -> None:
    assert collect_changed()
    manifest = json.loads((served / "served" / "staticfiles.json").read_text())
    hashed = manifest["paths"]["page.css"]
    assert hashed != "page.css"
    for ending in ("", ".gz", ".br"):
        file = served / "served" / f"{hashed}{ending}"
        assert file.stat().st_mode & 0o444 == 0o444


def test_they_are_collected_again_only_after_a_change(served: Path) -> None:
    assert collect_changed()
    assert not collect_changed()
    (served / "own" / "page.css").write_text("body { margin: 1px }")
    assert collect_changed()


def test_what_no_page_loads_is_left_aside() -> None:
    served = {
        path for finder in get_finders() for path, _ in finder.list(ServedFiles.ignore_patterns)
    }
    assert any(path.startswith("admin/") for path in served)
    assert not any(path.startswith(("rest_framework/", "django_htmx/")) for path in served)


def test_the_fingerprint_tells_files_apart(served: Path) -> None:
    before = fingerprint()
    (served / "own" / "more.css").write_text("a {}")
    assert fingerprint() != before
