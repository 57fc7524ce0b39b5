from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from casetrack.embedded import folders, postgres, processes
from casetrack.embedded.errors import EmbeddedServerError
from casetrack.embedded.servers import Addresses, clear_abandoned, servers, temporary_servers
from tests.casetrack.waiting import eventually

AS_ROOT = os.geteuid() == 0


def ask(addresses: Addresses, question: str) -> object:
    connection = psycopg2.connect(addresses.database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


def processes_below(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in word for word in process.info["cmdline"] or [])
    ]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that root's PostgreSQL may reach, as pytest's own are not."""
    parent = folders.shared_folder() / f"test-{os.getpid()}-{time.monotonic_ns()}"
    parent.mkdir(mode=0o755, parents=True)
    yield parent
    shutil.rmtree(parent)


def test_trigrams_are_made_of_chinese_words() -> None:
    with temporary_servers(environ={"REDIS_URL": "redis://elsewhere"}) as addresses:
        ask(addresses, "CREATE EXTENSION pg_trgm")
        trigrams = ask(addresses, "SELECT show_trgm('水泵漏水')")
        assert isinstance(trigrams, list)
        assert len(trigrams) == 5
        assert ask(addresses, "SELECT '水泵漏水' ILIKE '%漏水%'") is True


def test_what_was_written_is_there_at_the_next_start(folder: Path) -> None:
    with servers(folder, durable=False, environ={}) as first:
        ask(first, "CREATE TABLE kept AS SELECT '诉求' AS word")
        redis.Redis.from_url(first.redis_url).set("kept", "yes")
        redis.Redis.from_url(first.redis_url).save()
    with servers(folder, durable=True, environ={}) as second:
        assert ask(second, "SELECT word FROM kept") == "诉求"
        assert redis.Redis.from_url(second.redis_url).get("kept") == b"yes"


def test_only_tests_trade_safety_for_speed(folder: Path) -> None:
    elsewhere = {"REDIS_URL": "redis://elsewhere"}
    with servers(folder, durable=True, environ=elsewhere) as addresses:
        assert ask(addresses, "SHOW fsync") == "on"
        assert ask(addresses, "SHOW synchronous_commit") == "on"
    with servers(folder, durable=False, environ=elsewhere) as addresses:
        assert ask(addresses, "SHOW fsync") == "off"


def test_no_process_stays_behind(folder: Path) -> None:
    with servers(folder, durable=False, environ={}):
        assert len(processes_below(folder)) >= 2
    assert processes_below(folder) == []


def test_servers_are_left_alone_when_their_addresses_are_given(folder: Path) -> None:
    given = {"DATABASE_URL": "postgres://elsewhere/casetrack", "REDIS_URL": "redis://elsewhere"}
    with servers(folder, environ=given) as addresses:
        assert addresses.as_environment() == given
        assert processes_below(folder) == []
    assert list(folder.iterdir()) == []


def test_strangers_on_the_same_machine_are_asked_for_a_password(folder: Path) -> None:
    with servers(folder, durable=False, environ={}) as addresses:
        port = addresses.database_url.rsplit(":", 1)[1].split("/")[0]
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(f"postgres://postgres:guess@127.0.0.1:{port}/postgres")
        broker = redis.Redis(port=int(addresses.redis_url.rsplit(":", 1)[1].split("/")[0]))
        with pytest.raises(redis.AuthenticationError):
            broker.ping()
    for private in ("postgres-password", "valkey/valkey.conf", "postgres.log", "valkey.log"):
        assert (folder / private).stat().st_mode & 0o077 == 0


def test_a_second_run_on_the_same_folder_is_refused_in_words(folder: Path) -> None:
    with (
        servers(folder, durable=False, environ={}),
        pytest.raises(EmbeddedServerError, match="Another run of this checkout"),
        servers(folder, durable=False, environ={}),
    ):
        pytest.fail("two runs shared one folder")


def test_servers_end_with_a_run_that_was_killed(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from casetrack.embedded.servers import servers\n"
        f"with servers(Path({str(folder)!r}), durable=False, environ={{}}):\n"
        "    print('up', flush=True); time.sleep(60)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "up\n"
    run.send_signal(signal.SIGKILL)
    run.wait()
    eventually(lambda: processes_below(folder) == [], seconds=15)


def test_what_a_killed_run_left_is_cleared_away_but_a_living_one_is_not(folder: Path) -> None:
    left = folder / "left"
    (left / "postgres").mkdir(parents=True)
    (left / "postgres" / "PG_VERSION").write_text("18\n")
    living = folder / "living"
    with servers(living, durable=False, environ={"REDIS_URL": "redis://elsewhere"}) as addresses:
        clear_abandoned(folder)
        assert not left.exists()
        assert ask(addresses, "SELECT 1") == 1


def test_a_broken_off_start_leaves_nothing_that_looks_like_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "utf8_locale", lambda: "no-such-locale")
    with (
        pytest.raises(EmbeddedServerError, match="could not make its data folder"),
        servers(folder, durable=False, environ={}),
    ):
        pytest.fail("a cluster was made in a locale that does not exist")
    assert not (folder / "postgres").exists()
    monkeypatch.undo()
    with servers(folder, durable=False, environ={}) as addresses:
        assert ask(addresses, "SELECT 1") == 1


def test_a_server_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with (
        pytest.raises(EmbeddedServerError, match="no room on this ship"),
        processes.running(
            lambda port: ["sh", "-c", "echo no room on this ship; exit 1"],
            lambda port: False,
            log=log,
            as_user=None,
            stop=signal.SIGTERM,
        ),
    ):
        pytest.fail("a server that had ended was taken for running")


def test_the_data_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASETRACK_DATA_DIR", str(tmp_path / "mine"))
    assert folders.data_folder() == tmp_path / "mine"


def test_people_keep_their_data_below_their_own_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CASETRACK_DATA_DIR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert folders.data_folder().parent == tmp_path / "casetrack"


def test_root_keeps_nothing_in_a_home_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASETRACK_DATA_DIR", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert folders.data_folder().parent == Path("/var/lib/casetrack")


@pytest.mark.skipif(not AS_ROOT, reason="only root's PostgreSQL runs as somebody else")
def test_a_closed_folder_is_refused_and_stays_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with (
        pytest.raises(EmbeddedServerError, match="CASETRACK_DATA_DIR"),
        servers(closed / "data", durable=False, environ={}),
    ):
        pytest.fail("a closed folder was used")
    assert closed.stat().st_mode & 0o777 == 0o700
