from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.shown import PersonShown
from objections import explained
from objections.api.fields import InstantField, LengthField
from objections.api.shown.clocks import DeadlineShown
from objections.api.shown.work import ContactRecordShown
from objections.deadlines.explaining import Explanation, Listener, RungSaid, Start, Stood


class StoodShown(serializers.Serializer[Stood]):
    """A time for which the clock stood still; `length` is until now where it still does."""

    reason = serializers.CharField(source="pause.reason")
    evidence = serializers.CharField(source="pause.evidence")
    paused_at = InstantField(source="pause.paused_at")
    resume_at = InstantField(source="pause.resume_at")
    resumed_at = InstantField(source="pause.resumed_at", allow_null=True)
    length = LengthField()


class ListenerShown(serializers.Serializer[Listener]):
    person = PersonShown()
    seen_at = InstantField(allow_null=True)


class RungSaidShown(serializers.Serializer[RungSaid]):
    """A rung that rang, or will (`recorded_at` is null), and whom it told or will tell.

    `offset` is counted from the due moment; negative is before it.
    """

    at = InstantField(allow_null=True)
    kind = serializers.CharField(help_text="warning, breach, level, or lapse")
    level = serializers.IntegerField()
    offset = LengthField()
    rang = serializers.BooleanField()
    recorded_at = InstantField(allow_null=True)
    late_by_system = LengthField(allow_null=True)
    told = ListenerShown(many=True, source="listeners")


class StopsShown(serializers.Serializer[dict[str, str]]):
    """What keeps the promise, and what of it must be on record."""

    what = serializers.CharField()
    record = serializers.CharField()


class TakenShown(serializers.Serializer[Any]):
    """Who has taken its escalation, and what they will do by when."""

    taken_by = PersonShown()
    taken_at = InstantField()
    next_step = serializers.CharField()
    lapses_at = InstantField()


class ExplanationShown(serializers.Serializer[Explanation]):
    """Why a deadline is due when it is, who was and will be told, and what stops it.

    `started_at` + `allowance` + the pauses = `due_at`. Sentences are in the language of
    the caller.
    """

    title = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()
    start = serializers.ChoiceField(choices=[start.value for start in Start])
    deadline = DeadlineShown()
    due_at = InstantField(help_text="while it stands still, the moment if it ran on now")
    paused_for = LengthField()
    pauses = StoodShown(many=True)
    pauses_left = serializers.IntegerField()
    settled_at = InstantField(allow_null=True)
    late_by = LengthField(allow_null=True)
    late_by_system = serializers.BooleanField()
    breach_withdrawn_at = InstantField(source="withdrawn_at", allow_null=True)
    rungs = RungSaidShown(many=True)
    taken = TakenShown(allow_null=True)
    proof = ContactRecordShown(allow_null=True)
    stopped_by = serializers.SerializerMethodField()

    def get_title(self, told: Explanation) -> str:
        return explained.title(told)

    def get_sentences(self, told: Explanation) -> list[str]:
        return explained.sentences(told)

    @extend_schema_field(StopsShown)
    def get_stopped_by(self, told: Explanation) -> dict[str, str]:
        what, record = explained.stops(told)
        return {"what": what, "record": record}
