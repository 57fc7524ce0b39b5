"""How rare a word is among the words of all cases, as the database's own statistics say.

PostgreSQL keeps the commonest words of a column of words and their shares, and renews them
with each ANALYZE (autovacuum's as well); `ts_stat` would read every row instead. A process
reads them once in ten minutes. Where there are none yet, as in a small or new database, all
words pass for rare, and few rows are found by them anyway.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import log

from django.db import connection

KEPT_SECONDS = 600
STATISTICS = """
    SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = %s AND attname = %s AND NOT inherited
"""
ROWS = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = %s::regclass"


@dataclass(frozen=True, slots=True)
class Rarity:
    """The commonest words with the share of rows that hold each; ``least`` for all others."""

    rows: int
    shares: dict[str, float]
    least: float

    def share(self, word: str) -> float:
        """Return in which share of the rows a word stands; at most so many, for a rare one."""
        return self.shares.get(word, self.least)

    def expected(self, word: str) -> float:
        """Return about how many rows hold a word."""
        return self.share(word) * self.rows

    def weight(self, word: str) -> float:
        """Return how much a word says: the more, the rarer it is. Never less than 0.1."""
        return max(log(1 / max(self.share(word), 1e-6)), 0.1)

    def rarest(self, found: Iterable[str], most: int) -> list[str]:
        """Return the words that say most, each once, the rarest first."""
        unique = list(dict.fromkeys(found))
        return sorted(unique, key=lambda word: (self.share(word), -len(word)))[:most]


UNKNOWN = Rarity(rows=0, shares={}, least=0.001)


def of_cases() -> Rarity:
    """Return how rare the words of cases are; no older than ten minutes."""
    return _read("objections_casetext", "tokens", int(time.monotonic() // KEPT_SECONDS))


def forget() -> None:
    """Read the statistics anew at the next question."""
    _read.cache_clear()


@lru_cache(maxsize=2)
def _read(table: str, column: str, _age: int) -> Rarity:
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS, [table, column])
        found = cursor.fetchone()
        cursor.execute(ROWS, [table])
        [rows] = cursor.fetchone()
    if found is None or not found[0]:
        return UNKNOWN
    common, numbers = found
    shares = dict(zip(common, numbers, strict=False))
    # Behind the shares of the words stand the least and the greatest of them.
    return Rarity(rows, shares, least=numbers[len(common)])
