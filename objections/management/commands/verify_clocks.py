from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from objections.deadlines import replaying
from objections.deadlines.replaying import Difference
from objections.models import Case


def moment(text: str) -> datetime:
    """Read a day or a moment; one without a zone is in the house's own."""
    try:
        at, day = parse_datetime(text), parse_date(text)
    except ValueError:
        at = day = None
    if at is None and day is not None:
        at = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
    if at is None:
        raise ArgumentTypeError(f"not a day or a moment in ISO 8601: {text}")
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Command(BaseCommand):
    help = (
        "Rebuilds the clocks of each case from its timeline alone and compares them with their"
        " rows, column by column. Ends with 1 where they differ. Reads only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", metavar="CT-…", help="this case alone")
        parser.add_argument(
            "--since", type=moment, help="cases in which something changed since (ISO 8601)"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = Case.objects.all()
        if options["case"]:
            cases = cases.filter(reference=options["case"].strip().upper())
            if not cases.exists():
                raise CommandError(_("There is no case {name}.").format(name=options["case"]))
        if options["since"]:
            cases = cases.filter(updated_at__gte=options["since"])
        count = {"cases": 0, "deadlines": 0, "not_replayable": 0, "differences": 0}
        for verified in replaying.verify(cases):
            count["cases"] += 1
            count["deadlines"] += verified.deadlines
            count["not_replayable"] += verified.unreplayable
            count["differences"] += len(verified.differences)
            for difference in verified.differences:
                self._tell(difference, options["json"])
        self.stdout.write(json.dumps(count) if options["json"] else _sum(count))
        if count["differences"]:
            raise SystemExit(1)

    def _tell(self, one: Difference, as_json: bool) -> None:
        row, timeline = replaying.written(one.row), replaying.written(one.timeline)
        if as_json:
            said = {
                "case": one.case, "table": one.table, "key": one.key, "column": one.column,
                "row": row, "timeline": timeline,
            }  # fmt: skip
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            place = f"{one.case} {one.table} {one.key} {one.column}"
            self.stdout.write(f"{place}: row={row!r} timeline={timeline!r}")


def _sum(count: dict[str, int]) -> str:
    words = [
        ngettext("{count} case", "{count} cases", count["cases"]).format(count=count["cases"]),
        ngettext("{count} deadline", "{count} deadlines", count["deadlines"]).format(
            count=count["deadlines"]
        ),
        ngettext("{count} difference", "{count} differences", count["differences"]).format(
            count=count["differences"]
        ),
    ]
    if count["not_replayable"]:
        older = ngettext(
            "{count} that began before the timeline said enough",
            "{count} that began before the timeline said enough",
            count["not_replayable"],
        )
        words.append(older.format(count=count["not_replayable"]))
    return ", ".join(words)
