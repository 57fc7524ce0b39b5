from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = {
    "DATABASE_URL": "postgres://casetrack:secret@db.example:5432/casetrack",
    "REDIS_URL": "redis://broker.example:6379/0",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "cases.example.com,desk.example.com",
}


def start(environ: dict[str, str], show: str = "") -> subprocess.CompletedProcess[str]:
    """Load the production settings in a process of its own, and print one expression."""
    code = f"from django.conf import settings; settings.DEBUG; print(({show or None}))"
    clean = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "casetrack.settings.production"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=clean | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_starts_with_all_that_it_demands() -> None:
    done = start(GOOD, "settings.ALLOWED_HOSTS, settings.DATABASES['default']['HOST']")
    assert done.stdout == "(['cases.example.com', 'desk.example.com'], 'db.example')\n"


@pytest.mark.parametrize("name", sorted(GOOD))
@pytest.mark.parametrize("value", [None, "", "  "])
def test_it_refuses_to_start_without(name: str, value: str | None) -> None:
    environ = {key: text for key, text in GOOD.items() if key != name}
    if value is not None:
        environ[name] = value
    done = start(environ)
    assert done.returncode != 0
    assert f"Casetrack does not start: set {name} " in done.stderr


def test_everything_that_is_missing_is_named_at_once() -> None:
    done = start({})
    assert "set DATABASE_URL, REDIS_URL, SECRET_KEY, ALLOWED_HOSTS" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CASETRACK_SANDBOX", "1", "sandbox clock must never move real promises"),
        ("SECRET_KEY", "short", "shorter than 40 characters"),
        ("ALLOWED_HOSTS", "*", "Name the hosts"),
        ("DATABASE_URL", "sqlite:///casetrack.db", "not a PostgreSQL address"),
        ("CASETRACK_PING_URL", "monitor.example/ping", "not an http:// or https:// address"),
    ],
)
def test_it_refuses_what_would_be_unsafe(name: str, value: str, words: str) -> None:
    done = start(GOOD | {name: value})
    assert done.returncode != 0
    assert "Casetrack does not start:" in done.stderr
    assert words in done.stderr


def test_secrets_may_be_given_as_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("from-a-file-" + "x" * 40 + "\n")
    environ = {key: text for key, text in GOOD.items() if key != "SECRET_KEY"}
    done = start(environ | {"SECRET_KEY_FILE": str(secret)}, "settings.SECRET_KEY")
    assert done.stdout.startswith("from-a-file-")


def test_what_the_database_address_asks_for_is_kept() -> None:
    environ = GOOD | {"DATABASE_URL": GOOD["DATABASE_URL"] + "?sslmode=verify-full"}
    done = start(environ, "settings.DATABASES['default']['OPTIONS']['sslmode']")
    assert done.stdout == "verify-full\n"


def test_what_leaves_is_protected() -> None:
    done = start(
        GOOD,
        "settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,"
        " settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS > 0,"
        " settings.DEBUG, settings.CASETRACK_SANDBOX",
    )
    assert done.stdout == "(True, True, True, True, False, False)\n"


def test_mail_leaves_by_the_address_given() -> None:
    done = start(
        GOOD | {"EMAIL_URL": "smtp+tls://post:word@mail.example:587"},
        "settings.EMAIL_BACKEND.rsplit('.', 2)[1], settings.EMAIL_HOST,"
        " settings.EMAIL_PORT, settings.EMAIL_USE_TLS",
    )
    assert done.stdout == "('smtp', 'mail.example', 587, True)\n"
