"""A form may be opened with the beginning of a reply, brought by a room above this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from objections.forms.steps import StepForm
from objections.models import Case
from objections.vocabulary import Action


@dataclass(frozen=True, slots=True)
class Beginning:
    """A text for one field of a form; ``key`` says which of its source's texts it is."""

    field: str
    text: str
    key: str


Source = Callable[[Case, User, Action, str, datetime], Beginning | None]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Let this function be asked for the beginning that an address names by its key."""
    if source not in _sources:
        _sources.append(source)


def begin(form: StepForm, action: Action, key: str, *, now: datetime) -> None:
    """Write the beginning of this key into an unbound form; nothing where nobody knows it."""
    for source in _sources if key else ():
        found = source(form.case, form.user, action, key, now)
        if found is not None and found.field in form.fields:
            form.initial[found.field] = found.text
            marks = {"data-template": found.key, "data-template-text": found.text}
            form.fields[found.field].widget.attrs |= marks
            return
