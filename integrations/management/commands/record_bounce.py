from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations import customer_mail
from objections.models import CustomerMail
from timekeeping import clock


class Command(BaseCommand):
    help = (
        "Record that a mail to a customer came back, as the mail server's bounce hook calls it."
        " What it had proved is open again, and the handler is told. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("message_id", help="the Message-ID of the mail that came back")
        parser.add_argument("--failure", default="bounced", help="what the server said")

    def handle(self, *args: Any, **options: Any) -> None:
        given = options["message_id"].strip().strip("<>")
        mail = CustomerMail.objects.filter(message_id=f"<{given}>").first()
        if mail is None:
            raise CommandError(f"No mail to a customer has the Message-ID <{given}>.")
        if customer_mail.bounced(mail, failure=options["failure"][:300], now=clock.now()):
            self.stdout.write("Recorded.")
        else:
            self.stdout.write("Nothing to record: it has not left, or its failure is known.")
