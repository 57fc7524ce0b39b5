"""`python -m tests.torture [--short] [--only kill,stop] [--seed N]`: break it, then judge it."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from tests.bench.databases import MIGRATED, Databases, let_go, switch_to
from tests.torture.servers import own_servers

SEED = 20261101
TRIALS = {
    "kill": "killing", "stop": "stopping", "broker": "broker", "restart": "restarting",
    "crowd": "crowding", "backlog": "backlog", "race": "racing", "clocks": "wrong_clocks",
    "poison": "poison", "snapshot": "snapshot",
}  # fmt: skip


def main() -> int:
    wanted = arguments()
    began = time.monotonic()
    with own_servers() as (folder, postgres, valkey, sink):
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.torture.settings"
        os.environ["TORTURE_SMTP_PORT"] = str(sink.port)
        os.environ["REDIS_URL"] = valkey.url()
        databases = Databases(postgres.url, valkey.url(), prefix="casetrack_torture_")
        furnish(databases, wanted.seed)
        from tests.bench.machine import describe
        from tests.torture.ground import Ground
        from tests.torture.table import head

        print("\n".join(describe(wanted.seed)), flush=True)
        ground = Ground(folder, postgres, valkey, sink, databases, wanted.seed, wanted.short)
        print(f"\n{head()}", flush=True)
        met = [tried(name, ground) for name in wanted.only]
    took = f"{time.monotonic() - began:.0f} s" + (", --short" if wanted.short else "")
    print(f"{'all met' if all(met) else 'NOT ALL MET'}, in {took}")
    return 0 if all(met) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--short", action="store_true", help="few trials of each fault")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument(
        "--only",
        type=lambda text: [trial for trial in text.split(",") if trial],
        default=list(TRIALS),
        help=f"some of {','.join(TRIALS)}",
    )
    parsed = parser.parse_args()
    unknown = set(parsed.only) - set(TRIALS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(TRIALS)}")
    return parsed


def furnish(databases: Databases, seed: int) -> None:
    """Migrate one database and furnish a second, of which every trial gets a copy."""
    databases.create(MIGRATED)
    os.environ["DATABASE_URL"] = databases.url(MIGRATED)
    import django
    from django.core.management import call_command

    django.setup()
    from random import Random

    from tests.torture import house
    from tests.torture.ground import FURNISHED

    switch_to(databases, MIGRATED)
    call_command("migrate", interactive=False, verbosity=0)
    let_go()
    databases.create(FURNISHED, copy_of=MIGRATED)
    switch_to(databases, FURNISHED)
    house.furnish(Random(seed))
    let_go()


def tried(name: str, ground: object) -> bool:
    """Run one trial, print its lines; one that breaks off has not been met."""
    from tests.torture.table import lines

    module = import_module(f"tests.torture.trials.{TRIALS[name]}")
    began = time.monotonic()
    try:
        rows = module.run(ground)
    except Exception:  # noqa: BLE001 - the others are tried nevertheless
        traceback.print_exc()
        show_logs(ground)
        print(f"{name}: broke off  NOT MET\n", flush=True)
        return False
    print(lines(rows), f" ({time.monotonic() - began:.0f} s)", sep="", flush=True)
    met = all(row.met for row in rows)
    if not met:
        show_logs(ground)
    return met


def show_logs(ground: object) -> None:
    """Print the ends of what the last trial's processes said."""
    folder: Path = ground.folder  # type: ignore[attr-defined]
    latest: Sequence[Path] = sorted(folder.glob("logs-*"), key=lambda path: path.stat().st_ctime)
    logs = [*sorted(latest[-1].glob("*.log")), folder / "postgres.log"] if latest else []
    for log in logs:
        if text := log.read_text(errors="replace").strip():
            print(f"── {log.name}\n{text[-1500:]}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
