"""How long it takes to find the reply that a draft is like, among 400,000."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from statistics import quantiles

from django.db import connection, transaction

from accounts.models import User
from customers.models import Customer
from knowledge import prints
from knowledge.coach import minhash
from objections.actors import Actor
from objections.models import Case
from tests.bench import stock
from tests.bench.cloning import settle
from tests.bench.databases import MIGRATED, Databases, let_go, switch_to
from tests.bench.figures import Figure, at_most, middle
from tests.stories import open_at
from timekeeping import clock

TITLE = "The reply coach: what is a draft like?"
CUSTOMERS = 200
LETTERS = 50
"""So many letters are sent again and again, somewhat changed, by four replies in ten."""
SHARE_OF_LETTERS = 0.4
LEAST_KEPT = 0.6
DAYS = 300

_RECORDS = """
INSERT INTO objections_contactrecord
    (case_id, purpose, direction, channel, with_whom, words, result,
     occurred_at, recorded_at, counts_at)
SELECT %(first)s + k %% %(cases)s, 'progress', 'outbound', 'email', '', 'A letter of ours', '',
       moment, moment, moment
FROM generate_series(1, %(replies)s) AS k,
     LATERAL (SELECT %(now)s - k * %(days)s * interval '1 day' / %(replies)s) AS at(moment)
RETURNING id
"""


def measure(databases: Databases, *, quick: bool, seed: int) -> list[Figure]:
    """Lay the prints of replies, and look up drafts: some new, some one more of a known letter."""
    replies, rounds = (20_000, 60) if quick else (400_000, 400)
    rng = Random(seed)
    letters = [_numbers(rng) for _ in range(LETTERS)]
    now = prepare(databases, rng, letters, replies)
    one = _milliseconds(rounds, _ask_nothing)
    known = _milliseconds(rounds, lambda: _ask(_changed(rng, rng.choice(letters)), now))
    new = _milliseconds(rounds, lambda: _ask(_numbers(rng), now))
    figures = [
        Figure("replies printed, of 300 days", f"{replies:,}"),
        Figure("SELECT 1: median, p99", f"{middle(one):.2f} and {_p99(one):.2f} ms"),
        *_figures("a draft like thousands", known, one),
        *_figures("a draft like no other", new, one),
    ]
    let_go()
    databases.drop("coach")
    return figures


def _figures(name: str, took: list[float], one: list[float]) -> list[Figure]:
    ratio = middle(took) / middle(one)
    return [
        Figure(f"{name}: median", f"{middle(took):.2f} ms"),
        at_most(f"{name}: p99", _p99(took), 50.0, "ms"),
        Figure(f"{name}: ratio of medians to SELECT 1", f"{ratio:.0f}"),
    ]


def prepare(databases: Databases, rng: Random, letters: list[list[int]], replies: int) -> datetime:
    """Fill a database with replies to many customers, and with their prints."""
    databases.create("coach", copy_of=MIGRATED)
    switch_to(databases, "coach")
    stock.people(1, customers=CUSTOMERS)
    by, now = Actor.person(User.objects.get(username="engineer0_0")), clock.now()
    for customer in Customer.objects.all():
        open_at(now, by=by, customer=customer)
    first = Case.objects.order_by("pk").values_list("pk", flat=True)[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _RECORDS,
            {"first": first, "cases": CUSTOMERS, "replies": replies, "now": now, "days": DAYS},
        )
        keys = [key for (key,) in cursor.fetchall()]
        cursor.execute("CREATE TEMP TABLE laid (id bigint, signature int[], bands bigint[])")
        cursor.copy_expert("COPY laid FROM STDIN", _Lines(_rows(rng, letters, keys)))
        cursor.execute(
            "INSERT INTO knowledge_replyprint (contact_record_id, said_at, signature, bands)"
            " SELECT laid.id, record.occurred_at, laid.signature, laid.bands"
            " FROM laid JOIN objections_contactrecord AS record USING (id)"
        )
    settle()
    return now


def _rows(rng: Random, letters: list[list[int]], keys: list[int]) -> Iterator[str]:
    for key in keys:
        again = rng.random() < SHARE_OF_LETTERS
        numbers = _changed(rng, rng.choice(letters)) if again else _numbers(rng)
        bands = ",".join(map(str, minhash.bands(numbers)))
        yield f"{key}\t{{{','.join(map(str, numbers))}}}\t{{{bands}}}\n"


def _numbers(rng: Random) -> list[int]:
    return [rng.getrandbits(32) - (1 << 31) for _ in range(minhash.NUMBERS)]


def _changed(rng: Random, letter: list[int]) -> list[int]:
    """Return a letter's numbers as they are after somebody has adapted a part of it."""
    kept = rng.uniform(LEAST_KEPT, 1.0)
    return [one if rng.random() < kept else rng.getrandbits(32) - (1 << 31) for one in letter]


class _Lines(io.TextIOBase):
    """Lets PostgreSQL read rows as they are made."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.rest = lines, ""

    def read(self, size: int | None = -1, /) -> str:
        wanted = size if size is not None and size >= 0 else 1 << 20
        while len(self.rest) < wanted:
            line = next(self.lines, "")
            if not line:
                break
            self.rest += line
        given, self.rest = self.rest[:wanted], self.rest[wanted:]
        return given


def _ask(numbers: list[int], now: datetime) -> None:
    prints.nearest_reply(numbers, now=now, customer=1)


def _ask_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _milliseconds(rounds: int, ask: Callable[[], None]) -> list[float]:
    took = []
    for number in range(rounds + 10):
        began = time.perf_counter()
        ask()
        if number >= 10:
            took.append(1000 * (time.perf_counter() - began))
    return took


def _p99(took: list[float]) -> float:
    return quantiles(took, n=100)[-1]
