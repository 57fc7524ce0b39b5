"""Where the embedded servers keep their data, and who may use it when."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from casetrack.embedded.errors import EmbeddedServerError

CHECKOUT = Path(__file__).resolve().parent.parent.parent


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
