"""The steps as programs hand them in: made from the dataclasses, so that all edges agree.

A field is what its type says. What the types do not say (how long a name may be, which
numbers a score has) is written down once, below.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.core.files.base import File
from django.db.models import Choices, Model
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field
from rest_framework import serializers

from accounts.api.strict import PersonField, StrictSerializer, TeamField, Words, wrong
from accounts.models import Team, User
from objections.api.fields import InstantField, LengthField, MoneyField, WordField
from objections.models import Case, ContactRecord, Evidence, HandOver, Option
from objections.steps import STEP_CLASSES, Attach, Step
from objections.vocabulary import Action

MOST_ITEMS = 50
MOST_STEPS = 20
LARGEST_NUMBER = 32_767
HIGHEST_SCORE = 5

RENAMED = {"with_whom": "with"}

COLUMNS: dict[str, tuple[type[Model], str]] = {
    "with_whom": (ContactRecord, "with_whom"),
    "department": (HandOver, "department"),
    "caption": (Evidence, "caption"),
    "title": (Option, "title"),
    "into": (Case, "reference"),
    "external_id": (Case, "external_id"),
    "source": (Case, "source"),
    "serial": (Case, "serial"),
    "batch": (Case, "batch"),
    "frequency": (Case, "frequency"),
    "since": (Case, "since"),
    "symptom_codes": (Case, "symptom_codes"),
}
"""Fields that are as long as the column they end in; all others are long texts."""


class ValueSerializer(StrictSerializer):
    """Reads a dataclass. What is valid comes out as an instance of it."""

    made: type[Any]

    def validate(self, attrs: dict[str, Any]) -> Any:
        given = {name: tuple(v) if isinstance(v, list) else v for name, v in attrs.items()}
        return self.made(**given)


@cache
def serializer_of(made: type[Any]) -> type[ValueSerializer]:
    """Return the serializer that reads this dataclass."""
    return type(made.__name__, (ValueSerializer,), _attributes(made))


def _attributes(made: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(made)
    read = {RENAMED.get(one.name, one.name): field_of(one, hints[one.name]) for one in fields(made)}
    written = not (made.__doc__ or "").startswith(f"{made.__name__}(")
    doc = made.__doc__ if written else ""
    return {**read, "made": made, "__doc__": doc, "__module__": __name__}


def field_of(one: Field[Any], hint: Any) -> serializers.Field[Any, Any, Any, Any]:
    """Return the field for one attribute of a dataclass."""
    optional = one.default is not MISSING or one.default_factory is not MISSING
    options: dict[str, Any] = {"required": not optional}
    if one.name in RENAMED:
        options["source"] = one.name
    inner = _without_none(hint)
    if inner is not hint:
        options["allow_null"] = True
    if inner is str:
        options["allow_blank"] = optional
    return _plain_field(one.name, inner, options)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    (inner,) = [part for part in get_args(hint) if part is not type(None)]
    return inner


def _plain_field(
    name: str, hint: Any, options: dict[str, Any]
) -> serializers.Field[Any, Any, Any, Any]:
    if get_origin(hint) is tuple:
        return _list_field(name, get_args(hint)[0], options)
    if isinstance(hint, type) and issubclass(hint, Choices):
        return WordField(hint, **options)
    if File in (hint, get_origin(hint)):
        return serializers.FileField(max_length=200, allow_empty_file=True, **options)
    if hint is str:
        return _text_field(name, options)
    if hint is int:
        most = HIGHEST_SCORE if name == "score" else LARGEST_NUMBER
        return serializers.IntegerField(min_value=1, max_value=most, **options)
    return _BY_TYPE[hint](**options)


_BY_TYPE: dict[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    bool: serializers.BooleanField,
    datetime: InstantField,
    timedelta: LengthField,
    Decimal: MoneyField,
    User: PersonField,
    Team: TeamField,
}


def _list_field(
    name: str, hint: Any, options: dict[str, Any]
) -> serializers.Field[Any, Any, Any, Any]:
    if is_dataclass(hint):
        made: Any = hint
        nested: Any = serializer_of(made)
        many: serializers.Field[Any, Any, Any, Any]
        many = nested(many=True, max_length=MOST_ITEMS, **options)
        return many
    child = _plain_field(name, hint, {})
    return serializers.ListField(child=child, max_length=MOST_ITEMS, **options)


def _text_field(name: str, options: dict[str, Any]) -> serializers.CharField:
    if name == "to":
        return serializers.EmailField(max_length=254, **options)
    if name in COLUMNS:
        return serializers.CharField(max_length=_length(*COLUMNS[name]), **options)
    return Words(**options)


def _length(model: type[Model], column: str) -> int:
    field: Any = model._meta.get_field(column)
    longest: int = getattr(field, "base_field", field).max_length
    return longest


@cache
def step_serializer(action: Action) -> type[ValueSerializer]:
    """Return the serializer of an action's step, with the action itself as its first field."""
    made = STEP_CLASSES[action]
    attributes = {"action": _name_of(action), **_attributes(made), "validate": _without_action}
    return type(f"{made.__name__}Step", (ValueSerializer,), attributes)


def _name_of(action: Action) -> serializers.ChoiceField:
    kind = type("ActionName", (serializers.ChoiceField,), {})
    const = extend_schema_field({"type": "string", "const": action.value})(kind)
    field: serializers.ChoiceField = const(choices=[action.value])
    return field


def _without_action(self: ValueSerializer, attrs: dict[str, Any]) -> Any:
    given = {name: value for name, value in attrs.items() if name != "action"}
    return ValueSerializer.validate(self, given)


IN_JSON = tuple(action for action, made in STEP_CLASSES.items() if made is not Attach)
"""Evidence is a file: it has an address of its own."""


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="Step",
        serializers={action.value: step_serializer(action) for action in IN_JSON},
        resource_type_field_name="action",
    )
)
class StepField(serializers.Field[Step, Any, Any, Any]):
    """One step, read by the serializer that its ``action`` names."""

    default_error_messages = {
        "not_an_object": _("A step is an object with an action."),
        "required": _("This field is required."),
        "unknown": _("There is no such action here."),
    }

    def to_internal_value(self, data: Any) -> Step:
        if not isinstance(data, Mapping):
            self.fail("not_an_object")
        if "action" not in data:
            raise wrong("action", self.error_messages["required"], "required")
        action = data["action"]
        if not isinstance(action, str) or action not in {one.value for one in IN_JSON}:
            raise wrong("action", self.error_messages["unknown"], "unknown")
        reader = step_serializer(Action(action))(data=data, context=self.context)
        reader.is_valid(raise_exception=True)
        step: Step = reader.validated_data
        return step


class StepsField(serializers.ListField):
    """Several steps, all or none."""

    child = StepField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=MOST_STEPS, **kwargs)


class SeveralSteps(StrictSerializer):
    steps = StepsField()


def read_steps(body: Any) -> tuple[list[Step], bool]:
    """Return the steps in a body, and whether it was a list of them. Raises ValidationError."""
    if isinstance(body, Mapping) and "steps" in body:
        several = SeveralSteps(data=body)
        several.is_valid(raise_exception=True)
        return list(several.validated_data["steps"]), True
    return [StepField().run_validation(body)], False
