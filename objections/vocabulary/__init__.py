"""The words of the domain. Everything else takes its nouns and verbs from here."""

from __future__ import annotations

from objections.vocabulary.events import ActorKind, EventKind, NoticeChannel, NoticeKind
from objections.vocabulary.matters import (
    REACHED_NOBODY,
    AttemptResult,
    CauseCategory,
    Channel,
    CustomerStyle,
    Direction,
    Emotion,
    Kind,
    LinkMedium,
    Origin,
    Purpose,
    RemedyKind,
    Sensitivity,
    SheetKind,
    Urgency,
)
from objections.vocabulary.promises import (
    ClockMode,
    DeadlineState,
    EscalationReason,
    PauseReason,
    Promise,
    RecomputeCause,
    Unit,
)
from objections.vocabulary.stages import OPEN_STAGES, Action, Stage

__all__ = [
    "OPEN_STAGES",
    "REACHED_NOBODY",
    "Action",
    "ActorKind",
    "AttemptResult",
    "CauseCategory",
    "Channel",
    "ClockMode",
    "CustomerStyle",
    "DeadlineState",
    "Direction",
    "Emotion",
    "EscalationReason",
    "EventKind",
    "Kind",
    "LinkMedium",
    "NoticeChannel",
    "NoticeKind",
    "Origin",
    "PauseReason",
    "Promise",
    "Purpose",
    "RecomputeCause",
    "RemedyKind",
    "Sensitivity",
    "SheetKind",
    "Stage",
    "Unit",
    "Urgency",
]
