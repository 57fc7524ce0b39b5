"""Both servers together: kept for the demo, thrown away after a test run."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from casetrack.embedded.errors import EmbeddedServerError
from casetrack.embedded.folders import exclusive, shared_folder
from casetrack.embedded.postgres import postgres_programs, postgresql, stop_leftover
from casetrack.embedded.processes import START_SECONDS
from casetrack.embedded.valkey import valkey


@dataclass(frozen=True)
class Addresses:
    """Where the two servers answer: each either given by the environment or started here."""

    database_url: str
    redis_url: str

    def as_environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


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
        with contextlib.suppress(EmbeddedServerError, OSError):
            young = time.time() - folder.stat().st_mtime < START_SECONDS
            if young and not (folder / "postgres" / "PG_VERSION").exists():
                continue
            with exclusive(folder):
                stop_leftover(folder / "postgres", postgres_programs())
                shutil.rmtree(folder, ignore_errors=True)
