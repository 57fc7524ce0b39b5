"""What a case allows next: the actions, the JSON schema of each one's body, and what it lacks."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework import serializers

from accounts.api.shown import show_all
from accounts.api.strict import PersonField, TeamField
from objections import demands, lifecycle
from objections.api.callers import Caller
from objections.api.fields import InstantField, LengthField, MoneyField, WordField
from objections.api.steps import step_serializer
from objections.errors import Demand
from objections.models import Case
from objections.vocabulary import Action, Stage

Schema = dict[str, Any]


class DemandShown(serializers.Serializer[Demand]):
    """Something that a step needs. `code` is stable, `detail` is in the caller's language."""

    code = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    params = serializers.DictField()
    detail = serializers.CharField(source="sentence")


class ActionShown(serializers.Serializer[dict[str, Any]]):
    """An action that the stage allows to this caller.

    `fields` is the JSON schema of its body, `missing` what the case itself still lacks.
    `attach` is sent as a form with a file to the case's `evidence/`.
    """

    action = WordField(Action)
    label = serializers.CharField()  # type: ignore[assignment]
    fields = serializers.DictField()  # type: ignore[assignment]
    missing = DemandShown(many=True)


def allowed_actions(case: Case, caller: Caller) -> list[dict[str, Any]]:
    """Return what this caller may do to the case as it stands, in the order of the table."""
    return [
        {
            "action": action.value,
            "label": str(action.label),
            "fields": schema_of_step(action),
            "missing": show_all(DemandShown, demands.standing(case, action)),
        }
        for action in lifecycle.allowed(Stage(case.stage))
        if caller.may(action, case)
    ]


@cache
def schema_of_step(action: Action) -> Schema:
    """Return the JSON schema of an action's body. The same for every case."""
    schema = _object(step_serializer(action)())
    schema["properties"]["action"] = {"type": "string", "const": action.value}
    return schema


def _object(serializer: serializers.Serializer[Any]) -> Schema:
    properties = {name: schema_of(field) for name, field in serializer.fields.items()}
    required = [name for name, field in serializer.fields.items() if field.required]
    schema: Schema = {
        "type": "object", "properties": properties, "additionalProperties": False,
    }  # fmt: skip
    return schema | ({"required": required} if required else {})


def schema_of(field: serializers.Field[Any, Any, Any, Any]) -> Schema:
    """Return the JSON schema of one field."""
    schema = _plain(field)
    if field.allow_null:
        enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        schema = {**schema, **enum, "type": [schema["type"], "null"]}
    return schema


def _plain(field: serializers.Field[Any, Any, Any, Any]) -> Schema:
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        most = getattr(field, "max_length", None)
        return {"type": "array", "items": schema_of(field.child), "maxItems": most}  # type: ignore[arg-type]
    if isinstance(field, serializers.Serializer):
        return _object(field)
    if isinstance(field, serializers.ChoiceField):
        words = list(field.choices)
        kind = "integer" if all(isinstance(word, int) for word in words) else "string"
        return {"type": kind, "enum": words}
    if isinstance(field, serializers.IntegerField):
        return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
    for known, schema in _SCHEMAS.items():
        if isinstance(field, known):
            return dict(schema)
    return _text(field)


_SCHEMAS: dict[type[serializers.Field[Any, Any, Any, Any]], Schema] = {
    serializers.BooleanField: {"type": "boolean"},
    InstantField: {"type": "string", "format": "date-time"},
    LengthField: {"type": "string", "format": "duration"},
    MoneyField: {"type": "string", "format": "decimal"},
    PersonField: {"type": "string", "description": "user name"},
    TeamField: {"type": "string", "description": "identifier of a team"},
    serializers.FileField: {"type": "string", "contentMediaType": "application/octet-stream"},
}


def _text(field: serializers.Field[Any, Any, Any, Any]) -> Schema:
    assert isinstance(field, serializers.CharField)
    schema: Schema = {"type": "string", "maxLength": field.max_length}
    if isinstance(field, serializers.EmailField):
        schema["format"] = "email"
    return schema if field.allow_blank else {**schema, "minLength": 1}
