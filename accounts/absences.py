"""The page of a person's absences: who stands in, when they are away, who else may say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Absence, Role, Team, User
from timekeeping.fields import MomentField


def looked_after(user: User) -> QuerySet[User]:
    """Return whose absences this person may write down, besides their own.

    The members of the teams that they supervise or manage; everybody, for administrators.
    """
    others = User.objects.filter(is_active=True).exclude(pk=user.pk)
    if user.role != Role.ADMINISTRATOR:
        teams = Team.objects.filter(Q(supervisor=user) | Q(manager=user))
        others = others.filter(pk__in=User.objects.filter(teams__in=teams).values("pk"))
    return others.order_by("display_name", "username")


class Somebody(forms.ModelChoiceField[User]):
    """A person who works here, other than the one it is about."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            User.objects.filter(is_active=True).order_by("display_name", "username"), **options
        )


class StandInForm(forms.Form):
    """Who hears what is meant for somebody who is away."""

    stand_in = Somebody(
        label=_("Stand-in"), required=False, empty_label=_("nobody: it goes up"),
        help_text=_("Hears at once what an absent person would have heard."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, initial={"stand_in": person.stand_in_id})
        self.person = person

    def save(self) -> bool:
        """Remember the stand-in; where that is refused, say why beside the field."""
        return _saved(self, lambda: services.name_stand_in(self.person, **self.cleaned_data))


class AbsenceForm(forms.Form):
    """A time away that is known beforehand."""

    begins_at = MomentField(label=_("From"))
    ends_at = MomentField(
        label=_("Until"), required=False, help_text=_("Left empty, it lasts until it is deleted.")
    )
    stand_in = Somebody(
        label=_("Stand-in for this time"), required=False, empty_label=_("as always")
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data)
        self.person = person

    def save(self) -> bool:
        """Write the absence down; where that is refused, say why beside the field."""
        return _saved(self, lambda: services.plan_absence(self.person, **self.cleaned_data))


def _saved(form: forms.Form, act: Callable[[], object]) -> bool:
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    return True


def absences_of(person: User) -> QuerySet[Absence]:
    return person.absences.select_related("stand_in").order_by("begins_at")
