"""How many messages a chat program takes from one robot."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import Robot
from integrations.models import DeliveryAttempt

WINDOW = timedelta(minutes=1)


def full_until(robot: Robot, now: datetime) -> datetime | None:
    """Return when the robot may speak next; None if it may speak now.

    Counts every try of the last 60 seconds, of all processes, whatever came of it. Holds
    under the robot's lock, which the caller keeps until its own try is written down.
    """
    recent = DeliveryAttempt.objects.filter(robot=robot, attempted_at__gt=now - WINDOW)
    newest = recent.order_by("-attempted_at").values_list("attempted_at", flat=True)
    limit = robot.per_minute
    oldest_that_counts = newest[limit - 1 : limit].first()
    return oldest_that_counts + WINDOW if oldest_that_counts is not None else None
