from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q


class SandboxClock(models.Model):
    """Holds how far the sandbox clock stands ahead of the database's clock.

    There is at most one row. It is read only where ``CASETRACK_SANDBOX`` is on.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    offset = models.DurationField(default=timedelta(0))

    class Meta:
        constraints = [
            models.CheckConstraint(name="sandbox_clock_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="sandbox_clock_never_goes_back", condition=Q(offset__gte=timedelta(0))
            ),
        ]

    def __str__(self) -> str:
        return f"+{self.offset}"


class Heartbeat(models.Model):
    """Says when the sweep last looked, and how late what it then found was.

    ``beaten_at`` is the database's own clock, never the sandbox's: the age of a
    heartbeat tells whether a process is alive, and a travelling clock must not.
    """

    name = models.CharField(max_length=40, primary_key=True)
    beaten_at = models.DateTimeField()
    lag = models.DurationField(default=timedelta(0))

    def __str__(self) -> str:
        return f"{self.name} at {self.beaten_at:%Y-%m-%d %H:%M:%S}"
