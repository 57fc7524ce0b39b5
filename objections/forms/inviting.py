"""Inviting the customer to their page: on its own, or with what they are to look at."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from objections import links
from objections.forms.steps import StepForm, step_form
from objections.models import Case
from objections.steps import CarryOut, Invite, Step
from objections.vocabulary import LinkMedium


def ways(case: Case) -> list[LinkMedium]:
    """Return how a link can reach this customer; the first is the one to offer."""
    contact = case.contact
    found = [LinkMedium.EMAIL]
    if links.texts_leave():
        by_phone = bool(contact and links.number(contact.phone) and not contact.email)
        found.insert(0 if by_phone else 1, LinkMedium.SMS)
    return [*found, LinkMedium.BY_HAND]


def reached(case: Case) -> LinkMedium | None:
    """Return how a link goes to the contact without asking for an address; None for no way."""
    contact = case.contact
    if contact is None or case.is_silent:
        return None
    if contact.email:
        return LinkMedium.EMAIL
    if links.texts_leave() and links.number(contact.phone):
        return LinkMedium.SMS
    return None


class InviteForm(step_form(Invite)):  # type: ignore[misc]
    """Offers the ways that there are, with words in the customer's language to begin with."""

    at = None

    def fill(self) -> None:
        super().fill()
        case, contact = self.case, self.case.contact
        offered = ways(case)
        medium = cast(forms.ChoiceField, self.fields["medium"])
        medium.choices = [(one.value, one.label) for one in offered]
        medium.initial = offered[0].value
        if not links.texts_leave():
            medium.help_text = _("Text messages are not set up here: no gateway is known.")
            del self.fields["phone"]
        else:
            self.fields["phone"].initial = contact.phone if contact else ""
        self.fields["to"].help_text = _("Only for an e-mail.")
        with translation.override(links.language_of(case)):
            self.fields["words"].initial = links.words(case.stage)

    @property
    def main(self) -> list[BoundField]:
        names = ("medium", "to", "phone", "words")
        return [self[name] for name in names if name in self.fields]


class Inviting:
    """A form whose step can send the link to the customer's page along."""

    def fill(self) -> None:
        super().fill()  # type: ignore[misc]
        form: Any = self
        medium = reached(form.case)
        if medium is not None:
            label = {
                LinkMedium.EMAIL: _("Also send them the link to their page, by e-mail"),
                LinkMedium.SMS: _("Also send them the link to their page, by text message"),
            }[medium]
            form.fields["invite"] = forms.BooleanField(label=label, required=False)

    def to_steps(self) -> list[Step]:
        return self.invited(super().to_steps())  # type: ignore[misc]

    def invited(self, taken: list[Step]) -> list[Step]:
        """Return these steps, and the invitation behind them where it was ticked."""
        form: Any = self
        medium = reached(form.case)
        if medium is not None and form.cleaned_data.get("invite"):
            taken.append(Invite(medium=medium))
        return taken


class CarryOutForm(Inviting, step_form(CarryOut)):  # type: ignore[misc]
    """The result; the customer may be asked at once whether it is solved."""


__all__ = ["CarryOutForm", "InviteForm", "Inviting", "StepForm", "reached", "ways"]
