from __future__ import annotations

from django.core.management.base import BaseCommand

from objections.lifecycle_page import render


class Command(BaseCommand):
    help = "Prints docs/lifecycle.md, made from the table of stages."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(render(), ending="")
