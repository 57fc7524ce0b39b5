from __future__ import annotations

import gc
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from integrations.demo.replay import DAYS, FEWEST, seed
from objections.models import Case
from timekeeping import clock


class Command(BaseCommand):
    help = f"Fill an empty sandbox with a demo of {DAYS} days. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, default=300, help=f"at least {FEWEST}")
        parser.add_argument("--seed", type=int, default=7, help="another seed, another story")

    def handle(self, *args: Any, **options: Any) -> None:
        password: str = settings.CASETRACK_DEMO_PASSWORD
        if not settings.CASETRACK_SANDBOX or not password:
            raise CommandError(
                "The demo's people have a known password: it is made in a sandbox only"
                " (CASETRACK_SANDBOX and CASETRACK_DEMO_PASSWORD)."
            )
        if options["cases"] < FEWEST:
            raise CommandError(f"--cases: at least {FEWEST}.")
        began = time.monotonic()
        gc.set_threshold(100_000, 50, 50)  # nearly all that is made here is soon let go
        with tqdm(total=options["cases"], unit=" cases", disable=None, leave=False) as bar:
            made = seed(
                cases=options["cases"], seed=options["seed"], password=password, now=clock.now(),
                heard=bar.update,
            )  # fmt: skip
        if made:
            took = time.monotonic() - began
            self.stdout.write(f"{Case.objects.count()} cases over {DAYS} days, {took:.1f} s")
        else:
            self.stdout.write("The demo is here already; nothing was changed.")
