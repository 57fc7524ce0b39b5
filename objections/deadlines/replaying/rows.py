"""The rows that a replay makes: the same columns as in the database, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

NOTHING = timedelta(0)
Ladder = list[dict[str, Any]]


@dataclass
class ClockRow:
    """A deadline, as the timeline alone says that it is. Named as the columns of its table."""

    id: int
    case_id: int
    promise: str
    cycle: int
    subject: int | None
    is_historical: bool
    started_at: datetime
    due_at: datetime | None
    has_own_due: bool = False
    policy_name: str = ""
    policy_version: int = 0
    unit: str = ""
    calendar_id: int | None = None
    is_provisional: bool = False
    allowance: timedelta = NOTHING
    moved: timedelta = NOTHING
    ladder: Ladder = field(default_factory=list)
    pause_maximum: timedelta | None = None
    pauses_per_cycle: int = 0
    pause_reasons: list[str] = field(default_factory=list)
    remind_every: timedelta | None = None
    remind_at_most: int = 0
    remaining: timedelta | None = None
    paused_at: datetime | None = None
    resume_at: datetime | None = None
    kept_at: datetime | None = None
    breached_at: datetime | None = None
    answered_late_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: str = ""
    proof_id: int | None = None
    alarm_at: datetime | None = None
    rung: int = 0
    shift: timedelta = NOTHING

    table: ClassVar[str] = "deadline"

    @property
    def is_running(self) -> bool:
        return self.kept_at is None and self.answered_late_at is None and self.ended_at is None

    def rings_at(self, index: int) -> datetime | None:
        """Return when a rung rings; None past the end of the ladder, or while paused."""
        if self.due_at is None or index >= len(self.ladder):
            return None
        rung = self.ladder[index]
        after = self.shift if rung["kind"] == "level" else NOTHING
        return self.due_at + timedelta(seconds=rung["offset"]) + after


@dataclass
class PauseRow:
    """A pause of a clock."""

    deadline_id: int
    reason: str
    evidence: str
    paused_at: datetime
    resume_at: datetime
    by_user_id: int | None
    resumed_at: datetime | None = None

    table: ClassVar[str] = "pause"


@dataclass
class EntryRow:
    """A level that an escalation reached."""

    deadline_id: int | None
    rung: int | None
    level: int
    occurred_at: datetime
    recorded_at: datetime
    told: list[int]
    in_place_of: list[int]

    table: ClassVar[str] = "escalation_entry"


@dataclass
class EscalationRow:
    """An escalation, with its entries in the order in which it reached them."""

    case_id: int
    deadline_id: int | None
    reason: str
    level: int
    opened_at: datetime
    taken_at: datetime | None = None
    taken_by_id: int | None = None
    next_step: str = ""
    lapses_at: datetime | None = None
    closed_at: datetime | None = None
    reminders: int = 0
    alarm_at: datetime | None = None

    table: ClassVar[str] = "escalation"

    def __post_init__(self) -> None:
        self.entries: list[EntryRow] = []
