"""How people and teams are shown to programs, and rows in general."""

from __future__ import annotations

import threading
from typing import Any

from rest_framework import serializers

from accounts.models import Team, User


class PersonShown(serializers.Serializer[User]):
    username = serializers.CharField()
    name = serializers.CharField(source="__str__")


class TeamShown(serializers.Serializer[Team]):
    slug = serializers.CharField()
    name = serializers.CharField()


Shape = type[serializers.Serializer[Any]]
_made = threading.local()


def show(shape: Shape, row: Any, **context: Any) -> dict[str, Any]:
    """Return a row in a shape.

    The serializer is made once a thread: making one anew builds every field of every shape
    inside it, which takes several times as long as showing a row.
    """
    return dict(_in_shape(shape, False, row, context))


def show_all(shape: Shape, rows: Any, **context: Any) -> Any:
    """Return many rows in a shape; see ``show``."""
    return _in_shape(shape, True, rows, context)


def _in_shape(shape: Shape, many: bool, shown: Any, context: dict[str, Any]) -> Any:
    name = f"{shape.__module__}.{shape.__qualname__} {many}"
    serializer: Any = getattr(_made, name, None)
    if serializer is None:
        serializer = shape(many=many)
        setattr(_made, name, serializer)
    before, serializer._context = serializer._context, context
    try:
        return serializer.to_representation(shown)
    finally:
        serializer._context = before
