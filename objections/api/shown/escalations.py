from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.shown import PersonShown, TeamShown
from objections.api.fields import InstantField, WordField
from objections.models import Escalation, EscalationEntry
from objections.vocabulary import EscalationReason, Promise


class EntryShown(serializers.ModelSerializer[EscalationEntry]):
    """One level that it reached."""

    occurred_at = InstantField()
    recorded_at = InstantField()

    class Meta:
        model = EscalationEntry
        fields = ["level", "occurred_at", "recorded_at"]


class EscalationShown(serializers.Serializer[Escalation]):
    """Something that somebody above has to take. `promise` is null for a reason without a clock."""

    id = serializers.IntegerField()
    case: serializers.Field[Any, Any, Any, Any] = serializers.CharField(source="case.reference")
    title = serializers.CharField(source="case.title")
    team = TeamShown(source="case.team", allow_null=True)
    handler = PersonShown(source="case.handler", allow_null=True)
    reason = WordField(EscalationReason)
    promise = WordField(Promise, source="deadline.promise", default=None, allow_null=True)
    deadline = serializers.IntegerField(source="deadline_id", allow_null=True)
    due_at = InstantField(source="deadline.due_at", default=None, allow_null=True)
    level = serializers.IntegerField()
    opened_at = InstantField()
    taken_at = InstantField(allow_null=True)
    taken_by = PersonShown(allow_null=True)
    next_step = serializers.CharField()
    lapses_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    entries = EntryShown(many=True)
