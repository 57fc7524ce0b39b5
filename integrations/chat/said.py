"""What is said to a chat group, and what its program answered."""

from __future__ import annotations

from dataclasses import dataclass

# What no later try can change: the address is wrong, closed, or does not take such a message.
FOR_GOOD = frozenset({400, 401, 403, 404, 405, 410, 413, 415})


@dataclass(frozen=True, slots=True)
class Message:
    """What a robot says. ``id`` names it for good, ``references`` the cases it speaks of."""

    id: str
    text: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """``words`` are the program's own. ``for_good``: no later try can change its mind."""

    accepted: bool
    words: str = ""
    for_good: bool = False


def by_status(status: int, words: str) -> Said:
    """Return a refusal that is an HTTP status."""
    return Said(accepted=False, words=f"{status} {words}".strip(), for_good=status in FOR_GOOD)
