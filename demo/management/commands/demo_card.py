from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from accounts.models import Client, Scope
from accounts.selectors import demo_people
from accounts.tokens import issue
from demo.cast import CRM
from timekeeping import clock


class Command(BaseCommand):
    help = "Print where the demo is, who can sign in, and a new API token, shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="of the address on this machine")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.CASETRACK_SANDBOX:
            raise CommandError("There is a demo in a sandbox only (CASETRACK_SANDBOX).")
        port: int | None = options["port"]
        address = f"http://127.0.0.1:{port}" if port else settings.CASETRACK_BASE_URL
        client, _ = Client.objects.get_or_create(name=CRM)
        token = issue(client, Scope.values, now=clock.now())
        with override("en"):
            people = [(p.username, str(p), p.get_role_display()) for p in demo_people()]
        wide = max((len(username) for username, *_ in people), default=0)
        self.stdout.write(f"Address   {address}/\n\nSign in as (password for all:"
                          f" {settings.CASETRACK_DEMO_PASSWORD})")  # fmt: skip
        for username, name, role in people:
            self.stdout.write(f"  {username:<{wide}}  {role}, {name}")
        self.stdout.write(f"\nAPI token {token}\n  (client {client.name}, all scopes)")
        bearer = f"'Authorization: Bearer {token}'"
        self.stdout.write(f"  curl -H {bearer} {address}/api/v1/cases/")
