"""How much backlog a sweeper takes at a time, so that what falls due meanwhile waits little."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FEWEST, FIRST, MOST = 50, 200, 500
LONGEST_BATCH = timedelta(milliseconds=250)
FRESH = timedelta(seconds=5)


@dataclass
class Pace:
    """What one sweeper has learnt. How many rows fit outlasts a round, when it looked does not.

    ``rows`` is how many rows of backlog the next batch takes: as many as rang in a quarter
    of a second so far. A row may have one rung to ring or, after an outage, all of its ladder.
    The first is not so small that the server plans its checks of references for tiny tables.
    ``looked`` is when the fresh ones were last looked at: whatever fell due since then is
    fresh, however long the batch before it took.
    """

    rows: int = FIRST
    looked: datetime | None = None

    def begin(self) -> Pace:
        """Begin a round: what fell due before it counts by its age."""
        self.looked = None
        return self

    def fresh_since(self, now: datetime) -> datetime:
        """Return from when on an alarm counts as fresh, and remember that it was looked at."""
        since = min(self.looked or now, now) - FRESH
        self.looked = now
        return since

    def learn(self, rows: int, took: float) -> None:
        """Adapt the next batch to how long one of so many rows took, in seconds."""
        if rows < self.rows:
            return
        fitting = int(rows * LONGEST_BATCH.total_seconds() / max(took, 0.001))
        self.rows = max(FEWEST, min(MOST, fitting, rows * 2))
