"""Translations without the gettext tools: compiled for use, and checked to be complete.

`python -m casetrack.translations compile` writes the .mo files that Django reads;
`python -m casetrack.translations check` lists what is missing and fails if anything is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("zh_Hans", "zh_Hant")
SOURCES = ("*.py", "*.html", "*.txt")
PLACEHOLDER = re.compile(r"%\(\w+\)[-#0 +.\d]*[a-zA-Z]|%[sdrf%]|\{\w*\}")


def catalogues(locale: Path = LOCALE) -> Iterator[Path]:
    """Find every catalogue of every language, in a stable order."""
    for language in LANGUAGES:
        yield from sorted((locale / language / "LC_MESSAGES").glob("*.po"))


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Compile each catalogue that is newer than its compiled form; give those compiled."""
    done = []
    for path in catalogues(locale):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            making = path.with_suffix(f".{os.getpid()}.mo")
            polib.pofile(str(path)).save_as_mofile(str(making))
            making.replace(compiled)  # at once: another process may be reading it
            done.append(path)
    return done


def complaints(locale: Path = LOCALE, *, extracted: set[str] | None = None) -> list[str]:
    """List what stands between the catalogues and completeness; nothing means complete.

    Every message is translated in every language, in all its plural forms, with the placeholders
    of its source and no fuzzy mark; the languages hold the same messages; and where `extracted`
    tells what the sources say, no message of theirs is missing.
    """
    found: list[str] = []
    known: dict[str, set[str]] = {}
    for language in LANGUAGES:
        known[language] = set()
        for path in sorted((locale / language / "LC_MESSAGES").glob("*.po")):
            entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
            known[language].update(identity(entry) for entry in entries)
            found += [
                f"{language} {path.name}:{entry.linenum}: {fault}: {entry.msgid!r}"
                for entry in entries
                for fault in faults(entry)
            ]
    everything = set().union(*known.values(), extracted or set())
    for language, messages in known.items():
        found += [f"{language}: missing: {message!r}" for message in sorted(everything - messages)]
    return found


def identity(entry: polib.POEntry) -> str:
    """Tell messages apart by their words and the context that translators are given."""
    return f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else entry.msgid


def faults(entry: polib.POEntry) -> Iterator[str]:
    """Name what is wrong with one entry."""
    if entry.fuzzy:
        yield "fuzzy"
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not forms or not all(forms):
        yield "not translated"
        return
    wanted = placeholders(entry.msgid_plural or entry.msgid)
    for form in forms:
        if placeholders(form) != wanted:
            yield f"placeholders differ in {form!r}"


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def extract() -> set[str] | None:
    """Ask gettext, where it is installed, for every message that the sources hold.

    It works on a copy, so that no catalogue is rewritten. None means that gettext is not here.
    """
    if shutil.which("xgettext") is None or shutil.which("msgmerge") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        copy_sources(copy)
        command = [sys.executable, "-m", "django", "makemessages", "--keep-pot"]
        subprocess.run(
            [*command, "--locale", LANGUAGES[0], "--no-location"],
            cwd=copy,
            check=True,
            capture_output=True,
            env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        template = polib.pofile(str(copy / "locale" / "django.pot"))
        return {identity(entry) for entry in template}


def copy_sources(target: Path) -> None:
    """Copy the product's own sources; tests and generated files say nothing to people."""
    (target / "locale").mkdir()
    aside = {".git", ".venv", "node_modules", "build", "tests", "locale", "__pycache__"}
    for pattern in SOURCES:
        for source in ROOT.rglob(pattern):
            inside = source.relative_to(ROOT)
            if aside.isdisjoint(inside.parts):
                place = target / inside
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)


def check() -> int:
    """Print what is missing, and the count; the exit code tells whether anything is."""
    extracted = extract()
    if extracted is None:
        print("gettext is not installed: catalogues are compared with each other only.")
    found = complaints(extracted=extracted)
    for line in found:
        print(line)
    messages = sum(len(polib.pofile(str(path))) for path in catalogues())
    print(f"Translations: {messages} entries, {len(found)} complaints.")
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["compile"]:
            for path in compile_all():
                print(f"compiled {path.relative_to(ROOT)}")
            return 0
        case ["check"]:
            return check()
        case _:
            print("usage: python -m casetrack.translations compile|check", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
