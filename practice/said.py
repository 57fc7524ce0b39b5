"""What was said in a rehearsal, by whom and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that was said: by the customer, us or engineering; or that time passed."""

    who: str
    at: datetime
    text: str
    heat: int = 0
    action: str = ""
    passed: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Told:
    """Words of ours to the customer, for the coach.

    ``questions`` stood open before them and are answered now; ``leave_out`` is what the form
    has asked for beside the words.
    """

    at: datetime
    action: str
    text: str
    questions: tuple[str, ...] = ()
    leave_out: frozenset[str] = frozenset()
