from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from objections.deadlines import applying, sweeping
from timekeeping import clock

LONGEST_TICK = timedelta(seconds=20)
"""Well below the broker's visibility timeout, after which the tick would be given out again."""


@shared_task(name="objections.tick")
def tick() -> None:
    """Ring what is due. Told every second; late, doubled or lost, it changes nothing."""
    sweeping.drain(clock.now, limit=LONGEST_TICK)


@shared_task(name="objections.recompute")
def recompute() -> None:
    """Compute anew what a published policy, a calendar or a tier has changed.

    On another queue than the ticks, so that no ringing ever waits for it.
    """
    applying.drain(clock.now)
