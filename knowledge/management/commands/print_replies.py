from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from knowledge import prints


class Command(BaseCommand):
    help = (
        "Takes the fingerprints of all replies to customers that have none yet: after an import,"
        " or to catch up. Without it the newest ones are printed every half minute."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while taken := prints.take_prints(everything=True):
            total += taken
        self.stdout.write(f"{total} replies printed")
