"""What people change about themselves, and who is there in their place."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Absence, Language, Theme, User


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


def name_stand_in(user: User, stand_in: User | None) -> None:
    """Remember who hears at once what an absent person would have heard; None for nobody.

    Refused for oneself (ValidationError naming ``stand_in``). A ring of people who stand
    in for each other is allowed, for it only fails while all of them are away: ``ring``
    tells of it.
    """
    if stand_in is not None and stand_in.pk == user.pk:
        raise ValidationError({"stand_in": _("Nobody stands in for themselves.")})
    user.stand_in = stand_in
    user.save(update_fields=["stand_in"])


@transaction.atomic
def plan_absence(
    user: User, *, begins_at: datetime, ends_at: datetime | None, stand_in: User | None = None
) -> Absence:
    """Write down that a person will be away. Without an end, until the absence is deleted.

    Refused where it ends before it begins, covers a time that another one covers, or names
    the person as their own stand-in (ValidationError naming the field).
    """
    list(User.objects.select_for_update().filter(pk=user.pk).values_list("pk"))
    absence = Absence(user=user, begins_at=begins_at, ends_at=ends_at, stand_in=stand_in)
    absence.full_clean()
    absence.save()
    return absence


def cancel_absence(absence: Absence) -> None:
    """Forget an absence. Who was told in the meantime stays on record with the case."""
    absence.delete()


def ring(user: User) -> list[User]:
    """Return the people who stand in for each other in a ring that comes back to this person.

    Empty where there is none. While all of them are away nobody of them hears.
    """
    chain: list[User] = []
    following = user.stand_in
    while following is not None and following not in chain:
        chain.append(following)
        if following == user:
            return chain
        following = following.stand_in
    return []
