"""The databases of one run: made from a migrated one, and thrown away.

Every round of a measurement begins on a copy of the same rows, so that rounds can be compared.
Whatever PostgreSQL is used, only databases of our own names are touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from casetrack.embedded.folders import shared_folder
from casetrack.embedded.servers import servers

MIGRATED = "migrated"


@dataclass
class Databases:
    """Makes copies of databases beside the one whose address it was given."""

    given: str
    redis_url: str
    prefix: str = field(default_factory=lambda: f"casetrack_bench_{os.getpid()}_")
    made: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.given)._replace(path=f"/{self.prefix}{name}"))

    def create(self, name: str, *, copy_of: str | None = None) -> None:
        """Make a database, empty or as a copy of one that nobody is connected to."""
        self.drop(name)
        template = f'TEMPLATE "{self.prefix}{copy_of}" STRATEGY FILE_COPY' if copy_of else ""
        self._execute(f'CREATE DATABASE "{self.prefix}{name}" {template}')
        self.made.append(name)

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{self.prefix}{name}" WITH (FORCE)')
        if name in self.made:
            self.made.remove(name)

    def drop_all(self) -> None:
        for name in list(self.made):
            self.drop(name)

    def _execute(self, sql: str) -> None:
        connection = psycopg2.connect(self.given)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
        finally:
            connection.close()


@contextlib.contextmanager
def own_databases() -> Iterator[Databases]:
    """Start durable servers (or use those of DATABASE_URL and REDIS_URL); leave nothing behind."""
    parent = shared_folder() / "temporary"
    parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    folder.chmod(0o755)
    try:
        with servers(folder, durable=True) as addresses:
            databases = Databases(addresses.database_url, addresses.redis_url)
            try:
                yield databases
            finally:
                databases.drop_all()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def switch_to(databases: Databases, name: str) -> None:
    """Point this process, and the children it starts, at one of the databases."""
    from django.db import connection

    from casetrack.settings.base import database

    connection.close()
    connection.settings_dict.update(database(databases.url(name)))
    os.environ["DATABASE_URL"] = databases.url(name)


def let_go() -> None:
    """Close our connection, so that the database can be copied."""
    from django.db import connection

    connection.close()
