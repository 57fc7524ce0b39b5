from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.shown import PersonShown
from objections import explained
from objections.api.fields import InstantField, LengthField, WordField
from objections.api.shown.clocks import DeadlineShown
from objections.api.shown.work import ContactRecordShown
from objections.deadlines.explaining import Explanation, Listener, RungSaid, Start, Stood
from objections.deadlines.reasons import Change, Counting, DaysOff
from objections.vocabulary import RecomputeCause


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
    in_place_of = PersonShown(allow_null=True, help_text="who is absent, where they stand in")
    seen_at = InstantField(allow_null=True)


class RungSaidShown(serializers.Serializer[RungSaid]):
    """A rung that rang, or will (`recorded_at` is null), and whom it told or will tell.

    `offset` is counted from the due moment; negative is before it.
    """

    at = InstantField(allow_null=True)
    kind = serializers.CharField(help_text="warning, breach, level, reminder, or lapse")
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


class DaysOffShown(serializers.Serializer[DaysOff]):
    first = serializers.DateField()
    last = serializers.DateField()
    name = serializers.CharField()


class CountingShown(serializers.Serializer[Counting]):
    """The calendar that the clock ran by, and what it left out between start and due.

    `made_up` are days that are worked though their weekday is not. `awaited` is the year
    whose calendar is not published yet.
    """

    name = serializers.CharField()
    version = serializers.IntegerField()
    nights = serializers.BooleanField()
    weekends = serializers.BooleanField()
    days_off = DaysOffShown(many=True)
    made_up = serializers.ListField(child=serializers.DateField())
    awaited = serializers.IntegerField(allow_null=True)


class ChangeShown(serializers.Serializer[Change]):
    """One time that the clock was computed anew: why, when, by whom.

    `was` and `due_at` are empty where it stood still then. `overdue_by_change` says that
    the change itself made it overdue.
    """

    cause = WordField(RecomputeCause)
    at = InstantField()
    by = PersonShown(source="event.user", allow_null=True)
    was = InstantField(allow_null=True)
    due_at = InstantField(allow_null=True)
    overdue_by_change = serializers.BooleanField(source="by_change")


class ExplanationShown(serializers.Serializer[Explanation]):
    """Why a deadline is due when it is, who was and will be told, and what stops it.

    `started_at` + `allowance` + the pauses = `due_at`, counted in the deadline's unit by
    its calendar; `adds_up` says whether the record agrees. `brought_by` is the number of
    a merged case that the start comes from. Sentences are in the language of the caller.
    """

    title = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()
    start = serializers.ChoiceField(choices=[start.value for start in Start])
    deadline = DeadlineShown()
    due_at = InstantField(help_text="while it stands still, the moment if it ran on now")
    paused_for = LengthField()
    pauses = StoodShown(many=True)
    pauses_left = serializers.IntegerField()
    adds_up = serializers.BooleanField()
    counting = CountingShown(allow_null=True)
    recomputations = ChangeShown(many=True, source="changes")
    brought_by = serializers.CharField()
    revived_at = InstantField(allow_null=True)
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
