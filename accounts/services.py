"""What people change about themselves."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Language, Theme, User


def prefer(user: User, *, language: Language | None = None, theme: Theme | None = None) -> None:
    """Remember the language and the appearance that a person wants; None leaves one as it is."""
    changed = []
    if language is not None:
        user.language = language
        changed.append("language")
    if theme is not None:
        user.theme = theme
        changed.append("theme")
    if changed:
        user.save(update_fields=changed)


def arrive(user: User) -> None:
    """Mark a person as present: new cases of their teams are announced to them."""
    user.away_since = None
    user.save(update_fields=["away_since"])


def leave(user: User, *, at: datetime) -> None:
    """Mark a person as away from ``at`` on. Who is away already keeps the first moment."""
    if user.away_since is None:
        user.away_since = at
        user.save(update_fields=["away_since"])
