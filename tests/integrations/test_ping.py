"""The dead-man's ping: while the timers are on time one process calls, and else nobody."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import connection, connections

from customers.models import Customer
from integrations import ping
from integrations.ping import Pinger
from integrations.tasks import ping_monitor
from objections.actors import Actor
from objections.deadlines import sweeping
from tests.casetrack.waiting import eventually
from tests.conftest import People
from tests.stories import MIN, open_at
from timekeeping import clock
from timekeeping.models import Heartbeat

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
SECOND = timedelta(seconds=1)


@dataclass
class Monitor:
    """A monitor on loopback: what it was asked, and how it answers."""

    calls: list[str] = field(default_factory=list)
    status: int = 200
    hangs: Event | None = None
    url: str = ""


@pytest.fixture
def monitor(settings: Any) -> Iterator[Monitor]:
    told = Monitor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.calls.append(self.path)
            if told.hangs is not None:
                told.hangs.wait(60)
            self.send_response(told.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}/ping/abc"
    settings.CASETRACK_PING_URL = told.url
    yield told
    if told.hangs is not None:
        told.hangs.set()
    server.shutdown()
    server.server_close()


def minute_passes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE timekeeping_heartbeat SET beaten_at = beaten_at - interval '61 s'")
    sweeping.drain(clock.now)


def late_case(people: People, customer: Customer) -> Any:
    by = Actor.person(people.engineer)
    return open_at(clock.now() - 20 * MIN, by=by, customer=customer)


def test_a_system_on_time_calls_its_monitor(monitor: Monitor) -> None:
    sweeping.drain(clock.now)
    assert Pinger().ping()
    assert monitor.calls == ["/ping/abc"]


def test_it_calls_at_most_once_a_minute_whoever_asks(monitor: Monitor) -> None:
    sweeping.drain(clock.now)
    assert [Pinger().ping() for _process in range(3)] == [True, False, False]
    assert len(monitor.calls) == 1
    minute_passes()
    assert Pinger().ping()
    assert len(monitor.calls) == 2


def test_of_many_processes_at_once_one_calls(monitor: Monitor) -> None:
    sweeping.drain(clock.now)
    start = Barrier(4)

    def call() -> None:
        start.wait(timeout=10)
        Pinger().ping()
        connections.close_all()

    threads = [Thread(target=call) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(monitor.calls) == 1


def test_nobody_calls_while_a_deadline_rings_late(
    monitor: Monitor, people: People, customer: Customer
) -> None:
    sweeping.drain(clock.now)
    late_case(people, customer)
    assert not Pinger().ping()
    assert monitor.calls == []
    sweeping.drain(clock.now)
    assert Pinger().ping()  # the minute was not used up by what was not sent


def test_nobody_calls_while_nothing_sweeps(monitor: Monitor) -> None:
    assert not Pinger().ping()
    sweeping.drain(clock.now)
    Heartbeat.objects.update(beaten_at=Heartbeat.objects.get().beaten_at - 12 * SECOND)
    assert not Pinger().ping()
    assert monitor.calls == []


def test_without_a_monitor_nothing_is_sent_and_no_turn_is_taken(
    monitor: Monitor, settings: Any
) -> None:
    settings.CASETRACK_PING_URL = ""
    sweeping.drain(clock.now)
    assert not Pinger().ping()
    assert ping.in_background(Event()) is None
    assert monitor.calls == []
    assert not Heartbeat.objects.filter(name=ping.NAME).exists()


def test_the_worker_calls_it_by_its_task(monitor: Monitor) -> None:
    sweeping.drain(clock.now)
    assert ping_monitor.name == "integrations.ping"
    ping_monitor()
    assert len(monitor.calls) == 1


def test_a_monitor_that_fails_is_told_of_once_and_so_is_its_return(
    monitor: Monitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="integrations.ping")
    sweeping.drain(clock.now)
    pinger, monitor.status = Pinger(), 500
    for _minute in range(3):
        assert not pinger.ping()
        minute_passes()
    assert len(monitor.calls) == 3
    monitor.status = 200
    for _minute in range(2):
        assert pinger.ping()
        minute_passes()
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [
        ("WARNING", None), ("INFO", None),
    ]  # fmt: skip


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[broken", "http:// /"])
def test_a_monitor_that_is_not_there_raises_nothing(url: str, settings: Any) -> None:
    settings.CASETRACK_PING_URL = url
    sweeping.drain(clock.now)
    assert not Pinger().ping()


def test_a_monitor_that_hangs_is_given_up(monitor: Monitor, monkeypatch: Any) -> None:
    monitor.hangs = Event()
    monkeypatch.setattr(ping, "TIMEOUT", 0.5)
    sweeping.drain(clock.now)
    began = time.monotonic()
    assert not Pinger().ping()
    assert 0.4 < time.monotonic() - began < 5


# ── beside the clock ──────────────────────────────────────────────────────────────────


@contextmanager
def run_clock(url: str) -> Iterator[subprocess.Popen[bytes]]:
    given = connection.settings_dict
    host, port = given["HOST"] or "localhost", given["PORT"] or 5432
    address = f"postgres://{given['USER']}:{given['PASSWORD']}@{host}:{port}/{given['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "casetrack.settings.test",
        "CASETRACK_PING_URL": url,
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_clock"], cwd=ROOT, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_the_clock_calls_by_itself_and_once(monitor: Monitor) -> None:
    with run_clock(monitor.url), run_clock(monitor.url):
        eventually(lambda: bool(monitor.calls), seconds=30)
        time.sleep(2 * ping.LOOK_EVERY + 1)
        assert len(monitor.calls) == 1


def test_a_monitor_that_hangs_delays_no_deadline_and_no_stop(
    monitor: Monitor, people: People, customer: Customer
) -> None:
    monitor.hangs = Event()
    with run_clock(monitor.url) as process:
        eventually(lambda: bool(monitor.calls), seconds=30)
        for _time in range(3):
            case = late_case(people, customer)
            began = time.monotonic()
            breached = case.deadlines.filter(breached_at__isnull=False)
            eventually(breached.exists, seconds=10)
            assert time.monotonic() - began < 1.5
        process.terminate()
        assert process.wait(timeout=5) == 0
