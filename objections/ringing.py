"""What a batch of ringing alarms writes, collected so that it is written at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.presence import Presence
from objections import batches, timeline
from objections.batches import Row
from objections.models import Case, CaseEvent, Deadline, Escalation, EscalationEntry, Notice
from objections.notices import Robots
from objections.vocabulary import EventKind

CLIMBS = (
    "level", "taken_at", "taken_by", "lapses_at", "next_step", "reminders", "alarm_at", "failures",
    "quarantined_at", "failure",
)  # fmt: skip


@dataclass
class Ringing:
    """Collects the rows to write. ``open_by_deadline`` holds the open escalations.

    Who is there at ``now``, and the robots of each team, are read once for all of it.
    """

    now: datetime
    open_by_deadline: dict[int, Escalation] = field(default_factory=dict)
    robots: Robots = field(default_factory=dict)
    events: list[Row] = field(default_factory=list)
    opened: list[Escalation] = field(default_factory=list)
    climbed: dict[int, Escalation] = field(default_factory=dict)
    entries: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    resumed: list[int] = field(default_factory=list)
    rungs: int = 0

    def __post_init__(self) -> None:
        self.presence = Presence(self.now)

    def save(self) -> None:
        batches.insert_numbered(self.opened)
        batches.update(list(self.climbed.values()), CLIMBS)
        batches.insert(EscalationEntry, self.entries)
        batches.insert(CaseEvent, self.events)
        batches.insert(Notice, self.notices)

    def say(self, case: Case, kind: EventKind, *, at: datetime, **data: Any) -> None:
        self.events.append(timeline.line(case, kind, at=at, now=self.now, **data))

    def change(self, escalation: Escalation) -> None:
        """Have an escalation written back; one that this batch opens is written anyway."""
        if escalation.pk is not None:
            self.climbed[escalation.pk] = escalation


def facts(deadline: Deadline) -> dict[str, Any]:
    """Return what every event about a deadline says of it, as keywords for the timeline."""
    return {
        "promise": deadline.promise,
        "cycle": deadline.cycle,
        "subject": deadline.subject,
        "deadline": deadline.pk,
    }
