"""Several processes that tell the demo together. Imports no model: a child begins here."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any

LOOK_SECONDS = 0.2
LONGEST_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Order:
    """What demo is wanted: how many cases, by which seed, as it stands at which moment."""

    cases: int
    seed: int
    password: str
    now: datetime


def tell_together(
    order: Order, processes: int, *, database: str, show: Callable[[int], object]
) -> bool:
    """Tell the demo in as many processes, and say whether it is all there.

    They commit together, when all have told their share: one that fails or is killed
    takes the others with it. ``show`` is called with the number of cases told since.
    """
    context = multiprocessing.get_context("spawn")
    barrier, told = context.Barrier(processes), context.Value("i", 0)
    children = [
        context.Process(target=_tell, args=(order, share, processes, database, barrier, told))
        for share in range(processes)
    ]
    for child in children:
        child.start()
    shown = 0
    while any(child.is_alive() for child in children):
        for child in children:
            child.join(LOOK_SECONDS / processes)
        if any(child.exitcode for child in children):
            barrier.abort()
        now = told.value
        show(now - shown)
        shown = now
    return all(child.exitcode == 0 for child in children)


def _tell(
    order: Order, share: int, shares: int, database: str, barrier: Barrier, told: Any
) -> None:
    """Tell one share, in a process of its own."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from demo.replay import tell

    gc.set_threshold(100_000, 50, 50)  # nearly all that is made here is let go at once

    def heard() -> None:
        with told.get_lock():
            told.value += 1

    tell(order, share=share, shares=shares, heard=heard,
         together=lambda: barrier.wait(LONGEST_SECONDS))  # fmt: skip
