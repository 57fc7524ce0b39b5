"""`python -m tests.bench [--quick] [--only sweep,poll]` measures, and prints one table a part."""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib import import_module

from tests.bench.databases import MIGRATED, Databases, let_go, own_databases, switch_to

SEED = 20261101
PARTS = {
    "sweep": "sweeps", "rings": "rings", "poll": "polls", "open": "openings", "pages": "pages",
    "coach": "coaching",
}  # fmt: skip


def main() -> int:
    wanted = arguments()
    began = time.monotonic()
    with own_databases() as databases:
        set_up(databases)
        from tests.bench.machine import describe

        print("\n".join(describe(SEED)), flush=True)
        met = [run(part, databases, quick=wanted.quick) for part in wanted.only]
    print(f"measured in {time.monotonic() - began:.0f} s" + (", --quick" if wanted.quick else ""))
    return 0 if all(met) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rows, one round: a try-out")
    parser.add_argument(
        "--only",
        type=lambda text: [part for part in text.split(",") if part],
        default=list(PARTS),
        help=f"some of {','.join(PARTS)}",
    )
    parsed = parser.parse_args()
    unknown = set(parsed.only) - set(PARTS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return parsed


def set_up(databases: Databases) -> None:
    """Migrate one database, of which every measurement gets a copy."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    os.environ["REDIS_URL"] = databases.redis_url
    databases.create(MIGRATED)
    os.environ["DATABASE_URL"] = databases.url(MIGRATED)
    import django
    from django.core.management import call_command

    django.setup()
    switch_to(databases, MIGRATED)
    call_command("migrate", interactive=False, verbosity=0)
    let_go()


def run(part: str, databases: Databases, *, quick: bool) -> bool:
    """Measure one part and print its table; tell whether all that was asked holds."""
    from tests.bench.figures import table

    let_go()
    module = import_module(f"tests.bench.{PARTS[part]}")
    began = time.monotonic()
    figures = module.measure(databases, quick=quick, seed=SEED)
    print(f"\n{table(module.TITLE, figures)}  ({time.monotonic() - began:.0f} s)", flush=True)
    return all(figure.met is not False for figure in figures)


if __name__ == "__main__":
    sys.exit(main())
