"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil


def describe(seed: int) -> list[str]:
    """Say the machine, the versions, how safely the database writes, and the seed."""
    from django.db import connection

    with connection.cursor() as cursor:
        shown = {}
        for name in ("server_version", "fsync", "synchronous_commit", "shared_buffers"):
            cursor.execute(f"SHOW {name}")
            shown[name] = cursor.fetchone()[0]
    memory = psutil.virtual_memory().total / 2**30
    machine = f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}"
    versions = {
        "Python": platform.python_version(),
        "Django": version("django"),
        "DRF": version("djangorestframework"),
        "gunicorn": version("gunicorn"),
        "PostgreSQL": shown["server_version"].split()[0],
    }
    safety = ", ".join(f"{name}={value}" for name, value in shown.items() if "version" not in name)
    return [
        f"machine   {machine} {platform.release()}",
        f"versions  {', '.join(f'{name} {value}' for name, value in versions.items())}",
        f"database  {safety}; everything on one machine",
        f"seed      {seed}",
    ]


def processor() -> str:
    """Name the processor as Linux does; elsewhere as Python does."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
