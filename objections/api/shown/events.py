from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.shown import PersonShown, show_all
from accounts.models import User
from objections.api.callers import Caller
from objections.api.fields import InstantField, WordField
from objections.models import CaseEvent
from objections.selectors import other_cases
from objections.vocabulary import ActorKind, EventKind

PEOPLE_IN = ("handler", "before", "to")
"""Keys of an event's data that hold people's keys. Programs know people by user name."""


ABOUT_ANOTHER = ("reference", "words")
"""Keys of an event's data that speak of another case."""


class ActorShown(serializers.Serializer[CaseEvent]):
    """Who did it. For a program, `user` is our person who had the contact."""

    kind = WordField(ActorKind, source="actor_kind")
    user = PersonShown(allow_null=True)
    client = serializers.CharField(source="client.name", default=None, allow_null=True)


class EventShown(serializers.Serializer[CaseEvent]):
    """One thing that happened. `occurred_at` is the true moment, `recorded_at` when we noticed.

    `label` says the kind in the language of the caller; `data` holds identifiers,
    numbers and people's own words.
    """

    id = serializers.IntegerField()
    kind = WordField(EventKind)
    label = serializers.CharField(source="get_kind_display")  # type: ignore[assignment]
    occurred_at = InstantField()
    recorded_at = InstantField()
    actor = ActorShown(source="*")
    data = serializers.SerializerMethodField()  # type: ignore[assignment]

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_data(self, event: CaseEvent) -> dict[str, Any]:
        names: dict[int, str] = self.context["usernames"]
        data: dict[str, Any] = dict(event.data)
        for key in PEOPLE_IN:
            if isinstance(data.get(key), int):
                data[key] = names.get(data[key])
        if event.pk in self.context["hidden"]:
            data |= dict.fromkeys(ABOUT_ANOTHER)
        return data


def show_events(events: Iterable[CaseEvent], caller: Caller) -> list[dict[str, Any]]:
    """Return events as programs read them, with people by their user names.

    Of another case that does not exist for the caller they say neither number nor words.
    """
    rows = list(events)
    keys = {
        row.data[key] for row in rows for key in PEOPLE_IN if isinstance(row.data.get(key), int)
    }
    found = User.objects.filter(pk__in=keys).values_list("pk", "username") if keys else ()
    hidden = other_cases.hidden(rows, caller.cases())
    return list(show_all(EventShown, rows, usernames=dict(found), hidden=hidden))
