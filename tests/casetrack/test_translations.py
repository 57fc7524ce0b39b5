from __future__ import annotations

from pathlib import Path

import polib
import pytest

from casetrack import translations
from casetrack.translations import compile_all, complaints


def catalogue(locale: Path, language: str, *entries: polib.POEntry) -> Path:
    path = locale / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    po.extend(entries)
    po.save(str(path))
    return path


def both(locale: Path, msgid: str, msgstr: str, **more: object) -> None:
    for language in translations.LANGUAGES:
        catalogue(locale, language, polib.POEntry(msgid=msgid, msgstr=msgstr, **more))


def test_a_complete_catalogue_has_no_complaint(tmp_path: Path) -> None:
    both(tmp_path, "Case %(reference)s", "案件 %(reference)s")
    assert complaints(tmp_path, extracted={"Case %(reference)s"}) == []


@pytest.mark.parametrize(
    ("msgid", "msgstr", "more", "fault"),
    [
        ("Case", "", {}, "not translated"),
        ("Case", "案件", {"flags": ["fuzzy"]}, "fuzzy"),
        ("Case %(reference)s", "案件", {}, "placeholders differ"),
        ("Case {name}", "案件 {nom}", {}, "placeholders differ"),
        ("%d cases", "", {"msgid_plural": "%d cases", "msgstr_plural": {0: ""}}, "not translated"),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, msgid: str, msgstr: str, more: dict[str, object], fault: str
) -> None:
    both(tmp_path, msgid, msgstr, **more)
    found = complaints(tmp_path)
    assert len(found) == len(translations.LANGUAGES)
    assert all(fault in line for line in found)


def test_a_message_that_one_language_lacks_is_named(tmp_path: Path) -> None:
    catalogue(tmp_path, "zh_Hans", polib.POEntry(msgid="Case", msgstr="案件"))
    catalogue(tmp_path, "zh_Hant")
    assert complaints(tmp_path) == ["zh_Hant: missing: 'Case'"]


def test_a_message_that_the_sources_hold_and_the_catalogues_lack_is_named(tmp_path: Path) -> None:
    both(tmp_path, "Case", "案件")
    assert complaints(tmp_path, extracted={"Case", "Board"}) == [
        "zh_Hans: missing: 'Board'",
        "zh_Hant: missing: 'Board'",
    ]


def test_the_same_words_in_two_contexts_are_two_messages(tmp_path: Path) -> None:
    catalogue(tmp_path, "zh_Hans", polib.POEntry(msgid="Open", msgctxt="verb", msgstr="打开"))
    catalogue(tmp_path, "zh_Hant", polib.POEntry(msgid="Open", msgctxt="state", msgstr="處理中"))
    assert len(complaints(tmp_path)) == 2


def test_compiling_needs_no_tools_and_is_done_once(tmp_path: Path) -> None:
    both(tmp_path, "Case", "案件")
    assert len(compile_all(tmp_path)) == len(translations.LANGUAGES)
    assert compile_all(tmp_path) == []
    compiled = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    assert {entry.msgid: entry.msgstr for entry in polib.mofile(str(compiled))} == {"Case": "案件"}


def test_every_word_that_people_read_is_translated() -> None:
    """With gettext at hand the sources themselves are read; else the catalogues alone."""
    assert complaints(extracted=translations.extract()) == []
