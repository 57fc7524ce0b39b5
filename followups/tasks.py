from __future__ import annotations

from celery import shared_task

from followups import digests
from timekeeping import clock


@shared_task(name="followups.digests")
def make_digests() -> None:
    """Make the weekly digests that are due. Told every five minutes; doubled is harmless."""
    digests.make_due(clock.now())
