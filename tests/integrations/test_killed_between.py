"""A process that is killed between sending and writing that down: the same message, once more.

Real processes, a real server on loopback, and SIGKILL at the moment at which the message
has arrived and its sender has not heard so.
"""

from __future__ import annotations

import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from customers.models import Customer
from integrations.delivery import deliver
from integrations.models import DeliveryAttempt
from integrations.outgoing import LEASE
from objections import batches, notices
from objections.actors import Actor
from objections.models import Notice
from objections.vocabulary import NoticeKind
from tests.conftest import People
from tests.integrations.chat import chat_program, robot_of
from tests.stories import open_at
from timekeeping import clock

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import sys, django
django.setup()
from django.conf import settings
settings.CASETRACK_CHAT_BACKEND = "integrations.chat.posting.post"
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
from integrations.delivery import deliver
from timekeeping import clock
deliver(clock.now)
"""


class Victim:
    """A process that delivers, and is killed when told so."""

    process: subprocess.Popen[bytes] | None = None

    def start(self, port: int) -> int:
        given = connection.settings_dict
        host, db_port = given["HOST"] or "localhost", given["PORT"] or 5432
        credentials = f"{given['USER']}:{given['PASSWORD']}"
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgres://{credentials}@{host}:{db_port}/{given['NAME']}",
            "DJANGO_SETTINGS_MODULE": "casetrack.settings.test",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(port)], cwd=ROOT, env=environment
        )
        return self.process.wait(60)

    def kill(self) -> None:
        """Kill it, once; whoever delivers afterwards lives."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)


@contextmanager
def mail_server(arrived: Callable[[], None]) -> Iterator[tuple[int, list[str]]]:
    """A mail server on loopback. It keeps a mail, calls ``arrived``, and only then says yes."""
    kept: list[str] = []

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 loopback\r\n")
            while line := self.rfile.readline():
                command = line[:4].upper()
                if command == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    kept.append(self.read_mail())
                    arrived()
                self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")

        def read_mail(self) -> str:
            lines = iter(self.rfile.readline, b".\r\n")
            return b"".join(lines).decode()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_whom: Any) -> None:
            """A client that was killed has hung up; that is what this is for."""

    with Server(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], kept
        server.shutdown()


def waiting(people: People, customer: Customer, *, count: int, by_mail: bool) -> None:
    now = clock.now() - timedelta(seconds=5)
    case = open_at(now, by=Actor.person(people.engineer), customer=customer)
    Notice.objects.all().delete()
    listeners = [people.supervisor] if by_mail else []
    for _number in range(count):
        rows = notices.compose(listeners, NoticeKind.ESCALATED, case, at=now, now=now, level=1)
        batches.insert(Notice, rows)


def after_the_lease() -> int:
    return deliver(lambda: clock.now() + LEASE + timedelta(seconds=1))


def test_item_16_a_chat_message_is_repeated_under_the_same_number_at_most(
    people: People, customer: Customer, settings: Settings
) -> None:
    settings.CASETRACK_CHAT_BACKEND = "integrations.chat.posting.post"
    victim = Victim()
    with chat_program() as program:
        program.before_answer = victim.kill
        robot = robot_of(people.team, program)
        waiting(people, customer, count=3, by_mail=False)
        assert victim.start(1) == -signal.SIGKILL
        assert len(program.posted) == 1
        assert not Notice.objects.filter(robot=robot, sent_at__isnull=False).exists()
        [trace] = DeliveryAttempt.objects.all()
        assert trace.outcome == ""
        assert deliver(clock.now) == 0  # it is still leased
        waiting_more = notices.compose(
            [], NoticeKind.ESCALATED, Notice.objects.all()[0].case, at=clock.now(),
            now=clock.now(), level=1,
        )  # fmt: skip
        batches.insert(Notice, waiting_more)
        assert after_the_lease() == 2
        first, *others = (said.splitlines()[-1] for said in program.said)
        assert others.count(first) == 1
        assert len({first, *others}) == 2
    messages = DeliveryAttempt.objects.values_list("message", flat=True)
    assert sorted(messages).count(trace.message) == 2
    assert not Notice.objects.filter(robot=robot, sent_at=None).exists()


def test_item_16_a_mail_is_repeated_under_the_same_message_id_at_most(
    people: People, customer: Customer, settings: Settings
) -> None:
    victim = Victim()
    with mail_server(victim.kill) as (port, kept):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        waiting(people, customer, count=3, by_mail=True)
        assert victim.start(port) == -signal.SIGKILL
        assert len(kept) == 1
        assert after_the_lease() == 1
        assert after_the_lease() == 0
    ids = [re.findall(r"^Message-ID: (.*)$", mail, re.MULTILINE) for mail in kept]
    assert len(ids) == 2
    assert ids[0] == ids[1] != []
    outcomes = DeliveryAttempt.objects.order_by("pk").values_list("number", "outcome")
    assert list(outcomes) == [(1, ""), (2, "sent")]
