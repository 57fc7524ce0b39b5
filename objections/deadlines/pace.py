"""How much backlog a sweeper takes at a time, so that what falls due meanwhile waits little."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FEWEST, MOST = 50, 500
LONGEST_BATCH = timedelta(milliseconds=250)
FRESH = timedelta(seconds=5)


@dataclass
class Pace:
    """What one sweeper has learnt in this round.

    ``rows`` is how many rows of backlog the next batch takes: as many as rang in a quarter
    of a second so far. A row may have one rung to ring or, after an outage, all of its ladder.
    ``looked`` is when the fresh ones were last looked at: whatever fell due since then is
    fresh, however long the batch before it took.
    """

    rows: int = FEWEST
    looked: datetime | None = None

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
