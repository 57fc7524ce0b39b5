"""Forms made from the steps themselves, so that a step and its form cannot differ."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from django import forms
from django.db.models import Choices
from django.forms.boundfield import BoundField

from accounts.models import Team, User
from objections.errors import Demand
from objections.forms import words
from objections.forms.fields import (
    NO_CHOICE,
    FilesField,
    LinesField,
    MomentField,
    OneLineField,
    TextField,
)
from objections.models import Case
from objections.steps import Step, Told
from objections.vocabulary import Channel, Emotion

SHORT = {
    "with_whom": 120,
    "department": 120,
    "caption": 200,
    "next_step": 300,
    "into": 16,
    "of": 16,
    "remark": 300,
    "phone": 40,
}
"""One-line texts and the room that their columns have."""

CHOSEN_BY_NUMBER = {"commitment", "hand_over", "option", "chosen"}
CONTACT = ("channel", "with_whom", "to", "emotion")
NEVER_TYPED = {"contacted_by", "action"}
TOLD = ("message", "summary")
"""What the customer hears or reads. Its box says of which step it is (``data-composer``)."""
SEGMENTS_UP_TO = 6


class StepForm(forms.Form):
    """One step as a form. ``fill`` gives it the choices that depend on the case."""

    step_class: ClassVar[type[Step]]

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.case, self.user = case, user
        self.fill()

    def fill(self) -> None:
        """Set the choices and first values that depend on the case."""
        contact = self.case.contact
        first = {
            "version": self.case.version,
            "channel": self.case.channel or Channel.PHONE,
            "with_whom": contact.name if contact else "",
            "to": contact.email if contact else "",
        }
        for name, value in first.items():
            if name in self.fields:
                self.fields[name].initial = value
        self._fill_people()

    def _fill_people(self) -> None:
        active = User.objects.filter(is_active=True).order_by("display_name", "username")
        if "to_user" in self.fields:
            typing.cast("forms.ModelChoiceField[User]", self.fields["to_user"]).queryset = active
        if "handler" in self.fields:
            field = typing.cast("forms.ModelChoiceField[User]", self.fields["handler"])
            field.queryset = _team_people(self.case.team, active)

    def to_step(self) -> Step:
        """Return the step that was typed. Only after ``is_valid``."""
        names = {field.name for field in dataclasses.fields(self.step_class)}
        given = {name: value for name, value in self.cleaned_data.items() if name in names}
        defaults = {field.name: field for field in dataclasses.fields(self.step_class)}
        values: dict[str, Any] = {}
        for name, value in given.items():
            absent = value in (None, "") and defaults[name].default is not dataclasses.MISSING
            values[name] = defaults[name].default if absent else value
        return self.step_class(**values)

    def to_steps(self) -> list[Step]:
        """Return everything that this one submit records, in order."""
        return [self.to_step()]

    def place(self, demand: Demand) -> str | None:
        """Return the field that a demand is about; None where it is about the whole."""
        return demand.field if demand.field in self.fields else None

    @property
    def main(self) -> list[BoundField]:
        """The fields of the step itself, in the order of its class."""
        aside = {*CONTACT, "at"}
        return [one for one in self.visible_fields() if one.name not in aside]

    @property
    def contact(self) -> list[BoundField]:
        """The fields that say how, with whom and in what mood the contact took place."""
        return [self[name] for name in CONTACT if name in self.fields]

    @property
    def when(self) -> BoundField | None:
        return self["at"] if "at" in self.fields else None


def _team_people(team: Team | None, active: Any) -> Any:
    if team is None:
        return active
    above = [team.supervisor_id, team.manager_id, team.duty_officer_id]
    return (active.filter(teams=team) | active.filter(pk__in=[pk for pk in above if pk])).distinct()


_MADE: dict[type[Step], type[StepForm]] = {}


def step_form(step_class: type[Step]) -> type[StepForm]:
    """Return the form class of a step: a field for each of its values, with words and checks."""
    if step_class not in _MADE:
        _MADE[step_class] = _made(step_class)
    return _MADE[step_class]


def _made(step_class: type[Step]) -> type[StepForm]:
    fields: dict[str, Any] = {"step_class": step_class, "__doc__": step_class.__doc__}
    for name, hint, required in _own_first(step_class):
        fields[name] = _field(step_class, name, hint, required)
    return type(f"{step_class.__name__}Form", (StepForm,), fields)


def _own_first(step_class: type[Step]) -> list[tuple[str, Any, bool]]:
    hints = typing.get_type_hints(step_class)
    found = []
    for field in dataclasses.fields(step_class):
        hint = hints[field.name]
        is_rows = typing.get_origin(hint) is tuple and typing.get_args(hint)[0] is not str
        if field.name not in NEVER_TYPED and not is_rows:
            found.append((field.name, hint, field.default is dataclasses.MISSING))
    return found


def _field(step_class: type[Step], name: str, hint: Any, required: bool) -> forms.Field:
    options: dict[str, Any] = {
        "label": words.label(step_class.action, name),
        "help_text": words.help_text(step_class.action, name),
        "required": required,
    }
    kind = _without_none(hint)
    if name in CHOSEN_BY_NUMBER:
        return forms.TypedChoiceField(coerce=int, empty_value=None, **options)
    if name == "score":
        scores = [(str(number), str(number)) for number in range(1, 6)]
        return _segments(scores, int, options)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _choice(name, typing.cast("type[Choices]", kind), options)
    made = _PLAIN[_plain_kind(name, kind)](name, options)
    if name in TOLD and issubclass(step_class, Told):
        made.widget.attrs["data-composer"] = str(step_class.action)
    return made


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(one for one in typing.get_args(hint) if one is not type(None))
    return hint


def _plain_kind(name: str, kind: Any) -> str:
    if name == "file":
        return "files"
    if name == "to":
        return "email"
    if typing.get_origin(kind) is tuple:
        return "lines"
    if kind is str:
        return "short" if name in SHORT else "text"
    return {datetime: "moment", bool: "tick", User: "user", Team: "team", Decimal: "money"}[kind]


def _segments(choices: Any, coerce: Callable[[Any], Any], options: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        choices=choices, coerce=coerce, empty_value=None, widget=forms.RadioSelect, **options
    )


def _choice(name: str, kind: type[Choices], options: dict[str, Any]) -> forms.Field:
    if kind is Emotion:
        levels = [(str(value), label) for value, label in kind.choices]
        return _segments(levels, lambda value: Emotion(int(value)), options)
    if len(kind.choices) <= SEGMENTS_UP_TO and name != "promise":
        return _segments(kind.choices, kind, options)
    choices: list[Any] = [*([] if options["required"] else [NO_CHOICE]), *kind.choices]
    return forms.TypedChoiceField(choices=choices, coerce=kind, empty_value=None, **options)


def _people(options: dict[str, Any]) -> forms.Field:
    return forms.ModelChoiceField(User.objects.none(), empty_label=str(NO_CHOICE[1]), **options)


_PLAIN: dict[str, Callable[[str, dict[str, Any]], forms.Field]] = {
    "files": lambda name, options: FilesField(**options),
    "email": lambda name, options: forms.EmailField(max_length=254, **options),
    "lines": lambda name, options: LinesField(**options),
    "short": lambda name, options: OneLineField(max_length=SHORT[name], **options),
    "text": lambda name, options: TextField(**options),
    "moment": lambda name, options: MomentField(**options),
    "tick": lambda name, options: forms.BooleanField(**{**options, "required": False}),
    "user": lambda name, options: _people(options),
    "team": lambda name, options: forms.ModelChoiceField(Team.objects.all(), **options),
    "money": lambda name, options: forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=2, **options
    ),
}
