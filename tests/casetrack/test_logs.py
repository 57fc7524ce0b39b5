"""What the log is spared, and what it is not."""

from __future__ import annotations

import logging
import logging.config
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.conf import settings
from django.test import Client
from gunicorn.config import Config

from casetrack.access import Access
from casetrack.embedded.valkey import valkey
from casetrack.logs import BrokerAway
from tests.casetrack.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]


def record(message: str, *values: object, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord("celery.beat", logging.ERROR, "", 1, message, values, info)


def test_ticks_that_do_not_get_through_are_one_line_a_minute() -> None:
    spared = BrokerAway()
    first = record("Message Error: %s\n%s", "x", ["a stack"], error=ConnectionError("refused"))
    assert spared.filter(first)
    assert first.getMessage() == "ticks do not get through to the broker: refused"
    assert first.exc_info is None
    assert not spared.filter(record("Message Error: %s\n%s", "x", [], error=ConnectionError("r")))
    spared._quiet_until = time.monotonic() - 1
    assert spared.filter(record("Message Error: %s\n%s", "x", [], error=ConnectionError("r")))


def test_no_line_opens_a_customers_page(
    db: None, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = logging.StreamHandler(sys.stdout)
    said: Any = settings.LOGGING
    plain = logging.config.DictConfigurator(said).configure_formatter(said["formatters"]["plain"])
    handler.setFormatter(plain)
    logging.getLogger("django.request").addHandler(handler)
    try:
        assert client.get("/c/a-secret:key/?lang=en").status_code == 404
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    line = capsys.readouterr().out
    assert "Not Found: /c/***/" in line
    assert "a-secret" not in line


def test_the_access_log_says_what_was_asked_for_without_the_key_of_a_page() -> None:
    log = Access(Config())
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": "/c/a-secret:key/?done=verdict",
        "SERVER_PROTOCOL": "HTTP/1.1", "PATH_INFO": "/c/a-secret:key/",
        "HTTP_REFERER": "https://desk.example/c/a-secret:key/",
    }  # fmt: skip
    answer = SimpleNamespace(status="200 OK", sent=17, headers=[])
    said = log.atoms(answer, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    assert said["r"] == "GET /c/***/?done=verdict HTTP/1.1"
    assert "a-secret" not in str(said)
    assert '"--logger-class", "casetrack.access.Access"' in (ROOT / "Dockerfile").read_text()


def test_whatever_else_beat_says_is_not_touched() -> None:
    other = record("Scheduler: %s", "beat: Starting...", error=ValueError("something"))
    assert BrokerAway().filter(other)
    assert other.getMessage() == "Scheduler: beat: Starting..."
    assert other.exc_info is not None


@contextmanager
def beat(broker: str, log: Path) -> Iterator[None]:
    environment = {
        **os.environ, "REDIS_URL": broker, "DJANGO_SETTINGS_MODULE": "casetrack.settings.test",
    }  # fmt: skip
    command = [sys.executable, "-m", "celery", "--quiet", "--app", "casetrack", "beat"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--loglevel", "warning", "--pidfile="], cwd=ROOT, env=environment,
            stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        process.wait()


def ticks(broker: str) -> int:
    with redis.Redis.from_url(broker) as client:
        return int(client.llen("clock"))


def test_a_beat_that_loses_its_broker_says_so_in_a_line_and_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "beat.log"
    with ExitStack() as stack:
        broker = stack.enter_context(valkey(tmp_path / "valkey", durable=False))
        with beat(broker, log):
            eventually(lambda: ticks(broker) > 0, seconds=60)
            stack.close()
            eventually(lambda: "ticks do not get through" in log.read_text(), seconds=30)
            time.sleep(3)
    assert log.read_text().count("ticks do not get through to the broker") == 1
    assert "Traceback" not in log.read_text()
