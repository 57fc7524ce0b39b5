from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Client, Scope
from accounts.tokens import issue
from timekeeping import clock


class Command(BaseCommand):
    help = "Make a token for a program and print it, once. The client is made if it is new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client", required=True, help="name of the program, such as crm")
        parser.add_argument(
            "--scope", action="append", required=True, choices=Scope.values, help="may be repeated"
        )
        parser.add_argument("--days", type=int, help="how long it is valid; without: until revoked")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        days: int | None = options["days"]
        if days is not None and not 0 < days <= 3650:
            raise CommandError("--days must be between 1 and 3650.")
        client = Client.objects.filter(name=options["client"]).first()
        if client is None:
            client = Client(name=options["client"])
            try:
                client.full_clean()
            except ValidationError as error:
                raise CommandError(f"--client: {' '.join(error.messages)}") from error
            client.save()
        if not client.is_active:
            raise CommandError(f"--client: {client.name} is not active.")
        now = clock.now()
        expires_at = now + timedelta(days=days) if days is not None else None
        self.stdout.write(issue(client, options["scope"], now=now, expires_at=expires_at))
