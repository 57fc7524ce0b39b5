"""How long the pages that people live in take with 100,000 cases, and what they ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from random import Random

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from objections.models import Case
from tests.bench import stock
from tests.bench.cloning import Spread, clone, settle
from tests.bench.databases import MIGRATED, Databases, let_go, switch_to
from tests.bench.figures import Figure, at_most, middle, p95
from timekeeping import clock

TITLE = "Pages, whole answers of the Django test client in one process"
TEAMS, ENGINEERS = 20, 10
CUSTOMERS = 2_000
Visit = Callable[[Random], tuple[User, str]]


def measure(databases: Databases, *, quick: bool, seed: int) -> list[Figure]:
    """Visit each page as different people, many times, and say what it takes."""
    copies, visits = (10, 15) if quick else (500, 60)
    cases = prepare(databases, Random(seed), copies)
    figures = [Figure("cases, of which open", f"{cases:,}, {_open():,}")]
    for name, visit in pages().items():
        figures += visited(name, visit, Random(seed), visits)
    let_go()
    databases.drop("pages")
    return figures


def prepare(databases: Databases, rng: Random, copies: int) -> int:
    """Fill a database with copies of 200 cases, spread over teams. Of 20 one is open, of 200 one
    is broken."""
    databases.create("pages", copy_of=MIGRATED)
    switch_to(databases, "pages")
    size = stock.people(TEAMS, CUSTOMERS, ENGINEERS)
    stock.ended_and_open(rng, clock.now(), ended=190, still_open=9)
    spread = Spread(
        copies=copies - 1, teams=TEAMS, people_per_team=size,
        customers=CUSTOMERS, open_shift="k * interval '-200 milliseconds'",
        closed_shift="k * interval '-22 hours'",
    )  # fmt: skip
    cases = clone(spread)
    settle()
    return cases


def _open() -> int:
    return Case.objects.filter(closed_at=None).count()


def pages() -> dict[str, Visit]:
    """Return each page with who looks at it, and at what."""
    engineers = list(User.objects.filter(role=Role.ENGINEER))
    above = list(User.objects.filter(role__in=[Role.SUPERVISOR, Role.MANAGER]))
    still_open = list(Case.objects.filter(closed_at=None).values_list("reference", "handler"))
    ended = list(Case.objects.exclude(closed_at=None).values_list("reference", "handler")[:5000])
    people = {user.pk: user for user in User.objects.all()}

    def whose(cases: Sequence[tuple[str, int | None]]) -> Visit:
        def visit(rng: Random) -> tuple[User, str]:
            reference, handler = rng.choice(cases)
            return people[handler or engineers[0].pk], reverse("case", args=[reference])

        return visit

    return {
        "desk": lambda rng: (rng.choice(engineers), reverse("desk")),
        "case, open": whose(still_open),
        "case, closed": whose(ended),
        "board": lambda rng: (rng.choice(above), reverse("board")),
        "cases, all": lambda rng: (rng.choice(engineers), reverse("case-list")),
    }


def visited(name: str, visit: Visit, rng: Random, times: int) -> list[Figure]:
    """Visit a page and say median, 95th percentile, size and queries."""
    clients: dict[int, Client] = {}
    took, sizes, queries = [], [], []
    for number in range(times + 3):
        user, url = visit(rng)
        client = clients.setdefault(user.pk, Client(HTTP_HOST="localhost"))
        if not client.session.get("_auth_user_id"):
            client.force_login(user)
        began = time.perf_counter()
        answer = client.get(url)
        taken = time.perf_counter() - began
        assert answer.status_code == 200, (url, answer.status_code)
        if number >= 3:
            took.append(1000 * taken)
            sizes.append(len(answer.content))
        if number % 10 == 0:
            with CaptureQueriesContext(connection) as captured:
                client.get(url)
            queries.append(len(captured))
    return [
        at_most(f"{name}: median", middle(took), 200.0, "ms"),
        Figure(f"{name}: 95th percentile", f"{p95(took):.0f} ms"),
        Figure(f"{name}: HTML; queries", f"{middle(sizes) / 1024:.0f} kB; {max(queries)}"),
    ]
