"""How many cases a second programs can open over REST, beside a view of nothing but inserts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, models
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Client, Scope
from customers.models import Customer
from tests.bench import stock
from tests.bench.asking import SOURCE, Asked, body
from tests.bench.cloning import Spread, clone, settle
from tests.bench.databases import MIGRATED, Databases, let_go, switch_to
from tests.bench.figures import Figure, at_least, middle, p95, shown
from tests.bench.webs import THREADS, WORKERS, gunicorn
from timekeeping import clock

TITLE = "Opening cases over REST"
PROGRAMS = 4
CUSTOMERS = 200
OURS, BARE = "/api/v1/cases/", "/cases/"
Recipe = list[tuple[str, list[int]]]


def measure(databases: Databases, *, quick: bool, seed: int) -> list[Figure]:
    """Let programs open cases by the product and by the bare view, in turns."""
    seconds, rounds = (2.0, 1) if quick else (8.0, 3)
    databases.create("open", copy_of=MIGRATED)
    switch_to(databases, "open")
    token = prepare()
    recipe = what_one_writes(token)
    there = clone(Spread(copies=500 if quick else 20_000))
    settle()
    let_go()
    ours: list[dict[str, Any]] = []
    bare: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {token}"}
    with (
        gunicorn("tests.bench.settings") as our_port,
        gunicorn("tests.bench.bare.settings", BENCH_RECIPE=json.dumps(recipe)) as bare_port,
    ):
        for port, path in ((our_port, OURS), (bare_port, BARE)):
            ask(port, path, headers, 1.0)
        for _round in range(rounds):
            bare.append(ask(bare_port, BARE, headers, seconds))
            ours.append(ask(our_port, OURS, headers, seconds))
    let_go()
    databases.drop("open")
    return figures(ours, bare, recipe, there)


def figures(
    ours: list[dict[str, Any]], bare: list[dict[str, Any]], recipe: Recipe, there: int
) -> list[Figure]:
    rate, bare_rate = (middle([one["rate"] for one in each]) for each in (ours, bare))
    latencies = [1000 * taken for one in ours for taken in one["latencies"]]
    inserts = f"{sum(len(keys) for _label, keys in recipe)} rows in {len(recipe)} INSERTs"
    return [
        Figure("cases there are already", f"{there:,}"),
        Figure("programs at once; gunicorn", f"{PROGRAMS}; {WORKERS} x {THREADS} threads"),
        Figure("what one opening writes", inserts),
        Figure("bare DRF view, as many inserts", shown(bare_rate, "cases/s")),
        Figure("POST /api/v1/cases/", shown(rate, "cases/s")),
        Figure("  its median and p95", f"{middle(latencies):.0f} and {p95(latencies):.0f} ms"),
        at_least("ratio", rate / bare_rate, 0.5, ""),
    ]


def prepare() -> str:
    """Make a house with customers whom the CRM knows, and a token for it."""
    stock.people(4, customers=0)
    Customer.objects.bulk_create(
        Customer(name=f"Customer {number}", source=SOURCE, external_id=f"K-{number}")
        for number in range(CUSTOMERS)
    )
    client = Client.objects.create(name=SOURCE)
    return tokens.issue(client, [Scope.CASES_READ, Scope.CASES_WRITE], now=clock.now())


def what_one_writes(token: str) -> Recipe:
    """Open one case by the product, and list the rows that each of its INSERTs made."""
    inserted: list[tuple[str, int]] = []

    def listen(
        execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        result = execute(sql, parameters, many, context)
        if sql.lstrip().upper().startswith("INSERT"):
            table = sql.split()[2].strip('"')
            inserted.append((table, context["cursor"].rowcount))
        return result

    by_table: dict[str, type[models.Model]] = {
        model._meta.db_table: model for model in apps.get_models(include_auto_created=True)
    }
    before = {table: _newest(model) for table, model in by_table.items()}
    asked = Asked(0, "", {}, 0, CUSTOMERS)
    program = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    with connection.execute_wrapper(listen):
        answer = program.generic(
            "POST", OURS, body(asked, 0).decode(), "application/json",
            HTTP_IDEMPOTENCY_KEY="the-first",
        )  # fmt: skip
    assert answer.status_code == 201, answer.content
    new = {
        table: list(
            by_table[table]._default_manager.filter(pk__gt=before[table]).order_by("pk")
            .values_list("pk", flat=True)
        )
        for table, _rows in inserted
    }  # fmt: skip
    recipe = [
        (by_table[table]._meta.label, [new[table].pop(0) for _ in range(rows)])
        for table, rows in inserted
    ]
    assert not any(new.values()), new
    return recipe


def _newest(model: type[models.Model]) -> Any:
    if not isinstance(model._meta.pk, (models.AutoField, models.OneToOneField)):
        return None
    return model._default_manager.aggregate(newest=models.Max("pk"))["newest"] or 0


def ask(port: int, path: str, headers: dict[str, str], seconds: float) -> dict[str, Any]:
    """Let programs ask for so long; return the rate and what each answer took."""
    told = {
        "port": port, "path": path, "headers": headers, "seconds": seconds,
        "customers": CUSTOMERS, "programs": PROGRAMS, "bare": path == BARE,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.asking"],
        input=json.dumps(told) + "\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout)
    if answer["trouble"]:
        raise RuntimeError(f"{path}: {answer['trouble'][0]}")
    return answer
