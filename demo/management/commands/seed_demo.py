from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from tqdm import tqdm

from demo import library
from demo.replay import DAYS, FEWEST, prepare
from demo.sharing import Order, tell_together
from objections.models import Case
from timekeeping import clock

MOST_PROCESSES = 8


class Command(BaseCommand):
    help = f"Fill an empty sandbox with a demo of {DAYS} days. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, default=300, help=f"at least {FEWEST}")
        parser.add_argument("--seed", type=int, default=7, help="another seed, another story")
        parser.add_argument(
            "--processes", type=int, default=min(os.cpu_count() or 1, 4), help="that share the work"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password: str = settings.CASETRACK_DEMO_PASSWORD
        if not settings.CASETRACK_SANDBOX or not password:
            raise CommandError(
                "The demo's people have a known password: it is made in a sandbox only"
                " (CASETRACK_SANDBOX and CASETRACK_DEMO_PASSWORD)."
            )
        if options["cases"] < FEWEST:
            raise CommandError(f"--cases: at least {FEWEST}.")
        if not 1 <= options["processes"] <= MOST_PROCESSES:
            raise CommandError(f"--processes: from 1 to {MOST_PROCESSES}.")
        order = Order(options["cases"], options["seed"], password, clock.now())
        if prepare(order):
            self._tell(order, options["processes"])
        else:
            self.stdout.write("The demo is here already; nothing was changed.")
        library.write(now=order.now)

    def _tell(self, order: Order, processes: int) -> None:
        began = time.monotonic()
        database = connections["default"].settings_dict["NAME"]
        connections.close_all()
        with tqdm(total=order.cases, unit=" cases", disable=None, leave=False) as bar:
            told = tell_together(order, processes, database=database, show=bar.update)
        if not told:
            raise CommandError("The demo could not be made; see above. Nothing of it was kept.")
        took = time.monotonic() - began
        self.stdout.write(f"{Case.objects.count()} cases over {DAYS} days, {took:.1f} s")
