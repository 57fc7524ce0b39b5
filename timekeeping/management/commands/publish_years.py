from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from timekeeping import clock, years
from timekeeping.calendars import BadCalendar
from timekeeping.models import Calendar
from timekeeping.public_holidays import PlaceUnknown

FIRST_YEAR, LAST_YEAR = 1970, 2200


class Command(BaseCommand):
    help = (
        "Fill the years of every calendar that names a country with its public holidays, and"
        " publish what changed. What was entered or edited by hand stays. Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--years", type=int, nargs="+",
                            help="such as 2026 2027; last year, this one and the next if not"
                                 " given")  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        asked: list[int] = options["years"] or []
        wrong = [year for year in asked if not FIRST_YEAR <= year <= LAST_YEAR]
        if wrong:
            raise CommandError(f"Not a year from {FIRST_YEAR} to {LAST_YEAR}: {wrong[0]}")
        failed = [
            calendar.name
            for calendar in Calendar.objects.exclude(country="")
            if not self._fill(calendar, asked)
        ]
        if failed:
            raise CommandError(f"Left as they were: {', '.join(failed)}")

    def _fill(self, calendar: Calendar, asked: list[int]) -> bool:
        now = clock.now()
        try:
            filled = years.fill(calendar, asked or years.usual(calendar, now), now=now)
        except (BadCalendar, PlaceUnknown) as trouble:
            self.stderr.write(f"{calendar}: {trouble}")
            return False
        for year, source in filled.known.items():
            self.stdout.write(f"{calendar}: {year} from {source}")
        for year, source in filled.unknown.items():
            self.stdout.write(f"{calendar}: {year} not published, {source} does not have it")
        for year in filled.by_hand:
            self.stdout.write(f"{calendar}: {year} was published by hand and stays")
        if filled.edition:
            self.stdout.write(f"{calendar}: version {filled.edition.version} is in force")
        elif filled.waits:
            self.stdout.write(f"{calendar}: holds changes by hand that wait to be published")
        return True
