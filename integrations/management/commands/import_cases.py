from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from integrations.importing import mapping
from integrations.importing.encodings import Text, decode
from integrations.importing.errors import ImportStopped
from integrations.importing.mapping import FIELDS, Columns, Plan
from integrations.importing.reading import Table, read_table
from integrations.importing.rows import Reader
from integrations.importing.running import Import
from objections.vocabulary import ClockMode
from timekeeping import clock

LONGEST_SOURCE = 80


class Command(BaseCommand):
    help = (
        "Bring the cases of another system in from a CSV file. Safe to repeat: a row is known by"
        " source and external id."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--mode", default="", choices=ClockMode.values,
            help="historical: clocks are kept for the record and never ring; observe: they run and"
            " show, nobody is alerted; live: they ring",
        )  # fmt: skip
        parser.add_argument("--source", default="", help="whose numbers these are; the file's name")
        parser.add_argument("--zone", default="", help=f"of dates ({settings.TIME_ZONE})")
        parser.add_argument("--encoding", default="", help="found out where it is left out")
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN",
            help=f"may be repeated; fields: {' '.join(FIELDS)}",
        )  # fmt: skip
        parser.add_argument(
            "--set", action="append", default=[], metavar="FIELD=VALUE",
            help="what a field is in every row; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--stage", action="append", default=[], metavar="VALUE=STAGE",
            help="the stage that a status stands for; * stands for every other; may be repeated",
        )  # fmt: skip
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE",
            help="TOML or JSON with map, set, stage, zone, encoding, mode; options go before it",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            plan = _plan(options)
            text = decode(_bytes(path), plan.encoding)
            table = read_table(text.text)
            columns = mapping.lay_over(plan, table.columns)
            zone = mapping.zone_of(plan.zone or settings.TIME_ZONE)
            source = _source(options["source"] or path.stem)
            mode = _mode(plan)
        except ImportStopped as error:
            raise CommandError(str(error)) from error
        self._introduce(text, columns, dry_run=options["dry_run"])
        reader = Reader(columns, plan.stages, zone, text.encoding, clock.now())
        self._run(source, reader, table, mode, dry_run=options["dry_run"])

    def _introduce(self, text: Text, columns: Columns, *, dry_run: bool) -> None:
        how = "found out" if text.detected else "as told"
        self.stdout.write(f"Encoding: {text.encoding} ({how})")
        if columns.unused:
            self.stdout.write(f"Columns not used: {', '.join(columns.unused)}")
        if dry_run:
            self.stdout.write("Dry run: nothing is changed.")

    def _run(
        self, source: str, reader: Reader, table: Table, mode: ClockMode, *, dry_run: bool
    ) -> None:
        total = len(table.lines) - table.first
        with tqdm(total=total, unit=" lines", disable=None, leave=False) as bar:
            listener = Progress(self, bar)
            run = Import(source, reader, clock.now, listener, dry_run, mode)
            tally = run.run(table.records())
        self.stdout.write(str(tally))


class Progress:
    """Writes what an import says, above its progress bar, which only a terminal shows."""

    def __init__(self, command: BaseCommand, bar: tqdm[Any]) -> None:
        self.command, self.bar = command, bar

    def refused(self, line: int, reason: str) -> None:
        self._say(f"line {line}: refused: {reason}")

    def noted(self, line: int, remark: str) -> None:
        self._say(f"line {line}: {remark}")

    def advanced(self, records: int) -> None:
        self.bar.update(records)

    def _say(self, words: str) -> None:
        self.bar.clear()
        self.command.stdout.write(words)


def _plan(options: dict[str, Any]) -> Plan:
    said = mapping.build(
        _pairs(options["map"]), _pairs(options["set"]), _pairs(options["stage"]),
        zone=options["zone"], encoding=options["encoding"], mode=options["mode"],
    )  # fmt: skip
    return mapping.load(options["mapping"]).overlaid(said) if options["mapping"] else said


def _mode(plan: Plan) -> ClockMode:
    if plan.mode is None:
        modes = ", ".join(ClockMode.values)
        raise ImportStopped(f"--mode: say what the clocks are to do, one of {modes}.")
    return plan.mode


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    return [mapping.pair(text) for text in given]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImportStopped(f"{path}: {error.strerror}.") from error


def _source(name: str) -> str:
    if len(name) > LONGEST_SOURCE:
        raise ImportStopped(f"--source: is longer than {LONGEST_SOURCE} characters.")
    return name
