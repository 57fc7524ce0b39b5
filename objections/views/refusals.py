"""The one place where what the domain refuses becomes words on a page and errors on a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from objections.errors import DemandUnmet, FieldInvalid, NotPermitted, Refused, StaleVersion
from objections.errors import StepRefused as StageRefused
from objections.forms.steps import StepForm
from objections.forms.words import TABS
from objections.vocabulary import Action

OTHER_NAMES = {
    "file": "attachments", "contact": "who", "customer": "customer_q", "of": "recurrence_of",
}  # fmt: skip
"""Fields that a form calls differently from the value they fill."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was changed, and what would be allowed. ``status`` is the page's."""

    title: str
    reasons: list[str] = field(default_factory=list)
    allowed: Sequence[Action] = ()
    is_stale: bool = False
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def allowed_words(self) -> list[tuple[str, str]]:
        """What can be done instead: words, and the address of the form on the same page."""
        return [(str(TABS.get(one, one.label)), f"?do={one.value}#work") for one in self.allowed]


def not_complete() -> Refusal:
    """Return the refusal of a form that is not filled in rightly; its fields say where."""
    return Refusal(_("Not recorded yet"))


def opened_before(reference: str) -> Refusal:
    """Return the refusal of other words under the key of a case that is there already."""
    told = _(
        "{reference} was opened from this form already, with other words. If this is something"
        " else, send it again: it opens a case of its own."
    )
    return Refusal(
        _("Not recorded yet"), [told.format(reference=reference)], status=HTTPStatus.CONFLICT
    )


def refuse(refused: Refused, form: forms.Form) -> Refusal:
    """Write what was refused onto the form's fields, and return the whole for above it."""
    if isinstance(refused, FieldInvalid):
        return _field(refused, form)
    if isinstance(refused, DemandUnmet):
        return _demands(refused, form)
    return _whole(refused)


def say(request: HttpRequest, refused: Refused) -> None:
    """Tell the person by a message, where no form stands to take the words."""
    reasons = "\n".join(_whole(refused).reasons)
    messages.error(request, f"{_sentence(refused)}\n{reasons}".strip())


def _field(refused: FieldInvalid, form: forms.Form) -> Refusal:
    name = _name_in(form, refused.field)
    if name is not None:
        form.add_error(name, refused.sentence)
        return not_complete()
    return Refusal(_("Not recorded yet"), [refused.sentence])


def _name_in(form: forms.Form, name: str) -> str | None:
    candidates = (name, OTHER_NAMES.get(name, ""), f"ack_{name}")
    return next((one for one in candidates if one in form.fields), None)


def _demands(refused: DemandUnmet, form: forms.Form) -> Refusal:
    reasons = []
    for demand in refused.missing:
        place = form.place(demand) if isinstance(form, StepForm) else demand.field
        name = _name_in(form, place) if place else None
        if name is not None:
            form.add_error(name, demand.sentence)
        else:
            reasons.append(demand.sentence)
    return Refusal(refused.sentence, reasons)


def _whole(refused: Refused) -> Refusal:
    reasons: list[str] = []
    if isinstance(refused, StageRefused):
        return Refusal(refused.sentence, reasons, refused.allowed, status=HTTPStatus.CONFLICT)
    if isinstance(refused, StaleVersion):
        return Refusal(refused.sentence, reasons, is_stale=True, status=HTTPStatus.CONFLICT)
    if isinstance(refused, NotPermitted):
        return Refusal(refused.sentence, reasons, status=HTTPStatus.FORBIDDEN)
    if isinstance(refused, DemandUnmet):
        return Refusal(refused.sentence, [demand.sentence for demand in refused.missing])
    return Refusal(_sentence(refused), status=HTTPStatus.CONFLICT)


def _sentence(refused: Refused) -> str:
    return str(cast(Any, refused).sentence)


Attempt = Callable[[], object]


def tried(attempt: Attempt, form: forms.Form) -> Refusal | None:
    """Do what a valid form asks for; return what was refused, or None where it is done."""
    if not form.is_valid():
        return not_complete()
    try:
        attempt()
    except Refused as refused:
        return refuse(refused, form)
    return None
