"""What each step demands of the case and of what is handed in with it."""

from objections.demands.asking import standing, unmet
from objections.demands.record import (
    ATTEMPT_DAYS_NEEDED,
    ATTEMPTS_NEEDED,
    attempts,
    latest_solution,
    open_questions,
    standing_verdict,
)

__all__ = [
    "ATTEMPTS_NEEDED",
    "ATTEMPT_DAYS_NEEDED",
    "attempts",
    "latest_solution",
    "open_questions",
    "standing",
    "standing_verdict",
    "unmet",
]
