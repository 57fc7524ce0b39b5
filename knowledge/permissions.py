"""Who keeps causes, lessons and playbooks in order."""

from __future__ import annotations

from accounts.models import Role, User

KEEPERS = {Role.ANALYST, Role.ADMINISTRATOR}


def keeps(user: User) -> bool:
    """Tell whether this person may change cards, templates and the list of terms."""
    return user.is_active and user.role in KEEPERS
