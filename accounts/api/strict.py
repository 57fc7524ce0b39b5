"""Input that is refused where it says something we do not know."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Team, User

LONGEST_TEXT = 20_000
"""Characters in one text. A page of a book has 2,000."""


def wrong(field: str, sentence: object, code: str) -> serializers.ValidationError:
    """Return what refuses one field, named by its dotted path: ``customer.id``."""
    error: Any = [serializers.ErrorDetail(str(sentence), code)]
    for name in reversed(field.split(".")):
        error = {name: error}
    return serializers.ValidationError(error)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses a field it does not know, by name, together with all else that is wrong."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown(data)
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not unknown or not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **unknown}) from error
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    def _unknown(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            return {}
        known = {name for name, field in self.fields.items() if not field.read_only}
        error = serializers.ErrorDetail(str(_("There is no field of this name.")), "unknown_field")
        return {str(name): [error] for name in data if name not in known}


_made = threading.local()


def read(shape: type[StrictSerializer], data: Any) -> Any:
    """Return what valid data says; raise ValidationError with all that is wrong.

    The serializer is made once a thread, for making one builds every field of it.
    """
    if data is None:
        written = shape(data=data)
        written.is_valid(raise_exception=True)
        return written.validated_data
    name = f"{shape.__module__}.{shape.__qualname__}"
    serializer: StrictSerializer | None = getattr(_made, name, None)
    if serializer is None:
        serializer = shape()
        setattr(_made, name, serializer)
    return serializer.run_validation(data)


class Words(serializers.CharField):
    """Text of a person's, 20,000 characters at most, without characters nobody can store."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(**kwargs)


@extend_schema_field({"type": "string", "maxLength": 150, "description": "user name"})
class PersonField(serializers.Field[User, Any, Any, Any]):
    """One of us, by user name. Somebody unknown, or who has left, is refused."""

    default_error_messages = {"unknown": _("Nobody here has this user name.")}

    def to_internal_value(self, data: Any) -> User:
        name = serializers.CharField(max_length=150).run_validation(data)
        user = User.objects.filter(username=name, is_active=True).first()
        return user or self.fail("unknown")


@extend_schema_field({"type": "string", "maxLength": 50, "description": "identifier of a team"})
class TeamField(serializers.Field[Team, Any, Any, Any]):
    """A team, by its identifier."""

    default_error_messages = {"unknown": _("There is no team of this identifier.")}

    def to_internal_value(self, data: Any) -> Team:
        slug = serializers.CharField(max_length=50).run_validation(data)
        team = Team.objects.filter(slug=slug).first()
        return team or self.fail("unknown")
