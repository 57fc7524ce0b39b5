"""How people and teams are shown to programs, and rows in general."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Team, User


class PersonShown(serializers.Serializer[User]):
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")


class TeamShown(serializers.Serializer[Team]):
    slug = serializers.CharField()
    name = serializers.CharField()


def show_all(shape: type[serializers.Serializer[Any]], rows: Any, **context: Any) -> Any:
    """Return many rows in a shape."""
    return shape(rows, many=True, context=context).data
