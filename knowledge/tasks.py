from __future__ import annotations

from celery import shared_task

from knowledge import prints

MOST_AT_ONCE = 2_000
"""A backlog is worked off over several ticks, so that no mail waits behind it."""


@shared_task(name="knowledge.reply_prints")
def take_reply_prints() -> None:
    """Print the replies that went out since. Told every half minute; doubled is harmless."""
    taken = 0
    while taken < MOST_AT_ONCE:
        step = prints.take_prints()
        taken += step
        if step < prints.BATCH:
            return
