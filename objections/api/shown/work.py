"""What the work inside the stages has left behind. Numbers count from 1 within a case."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.shown import PersonShown
from objections.api.fields import InstantField, LengthField, WordField
from objections.models import (
    Commitment,
    ContactRecord,
    Evidence,
    HandOver,
    Note,
    Option,
    Question,
    Remedy,
    Restatement,
    Solution,
    Verdict,
)
from objections.vocabulary import (
    AttemptResult,
    CauseCategory,
    Channel,
    Direction,
    Emotion,
    Purpose,
    RemedyKind,
)


class QuestionShown(serializers.ModelSerializer[Question]):
    """`deferred_to` is the number of the commitment by which it will be answered."""

    asked_at = InstantField()
    answered_at = InstantField(allow_null=True)
    deferred_to = serializers.IntegerField(source="deferred_to.number", default=None)

    class Meta:
        model = Question
        fields = [
            "number", "text", "asked_at", "answer", "answered_at", "deferred_reason", "deferred_to"
        ]  # fmt: skip


class RestatementShown(serializers.ModelSerializer[Restatement]):
    restated_at = InstantField()
    agreed_at = InstantField(allow_null=True)
    corrected_at = InstantField(allow_null=True)

    class Meta:
        model = Restatement
        fields = [
            "number", "text", "position", "interest", "restated_at", "agreed_at", "corrected_at",
            "correction",
        ]  # fmt: skip


class OptionShown(serializers.ModelSerializer[Option]):
    duration = LengthField(allow_null=True)

    class Meta:
        model = Option
        fields = ["number", "title", "benefit", "drawback", "duration", "cost"]


class SolutionShown(serializers.ModelSerializer[Solution]):
    """What was told in one round. `chosen` is the number of an option."""

    cause_category = WordField(CauseCategory, allow_blank=True)
    communicated_at = InstantField()
    options = OptionShown(many=True)
    chosen = serializers.IntegerField(source="chosen.number", default=None)
    chosen_at = InstantField(allow_null=True)
    rejected_at = InstantField(allow_null=True)
    withdrawn_at = InstantField(allow_null=True)
    carried_out_at = InstantField(allow_null=True)

    class Meta:
        model = Solution
        fields = [
            "number", "cycle", "cause", "cause_unknown_reason", "cause_category",
            "communicated_at", "options", "chosen", "chosen_at", "rejected_at", "reject_reason",
            "withdrawn_at", "carried_out_at", "proof",
        ]  # fmt: skip


class CommitmentShown(serializers.ModelSerializer[Commitment]):
    made_at = InstantField()
    due_at = InstantField()
    kept_at = InstantField(allow_null=True)
    voided_at = InstantField(allow_null=True)

    class Meta:
        model = Commitment
        fields = [
            "number", "what", "made_at", "due_at", "kept_at", "proof", "voided_at",
            "times_reagreed",
        ]  # fmt: skip


class HandOverShown(serializers.ModelSerializer[HandOver]):
    to_user = PersonShown(allow_null=True)
    asked_at = InstantField()
    due_at = InstantField()
    answered_at = InstantField(allow_null=True)
    voided_at = InstantField(allow_null=True)

    class Meta:
        model = HandOver
        fields = [
            "number", "question", "department", "to_user", "asked_at", "due_at", "answer",
            "answered_at", "voided_at",
        ]  # fmt: skip


class VerdictShown(serializers.ModelSerializer[Verdict]):
    given_at = InstantField()

    class Meta:
        model = Verdict
        fields = ["cycle", "satisfied", "score", "words", "given_at"]


class SaysWith(serializers.Serializer[ContactRecord]):
    """Names a field ``with``, which Python keeps for itself."""

    def get_fields(self) -> dict[str, Any]:
        return {name.removesuffix("_"): field for name, field in super().get_fields().items()}


class ContactRecordShown(SaysWith):
    """One contact with the customer. `counts_at` is the moment that a clock takes as proof."""

    id = serializers.IntegerField()
    purpose = WordField(Purpose)
    direction = WordField(Direction)
    channel = WordField(Channel)
    with_ = serializers.CharField(source="with_whom")
    words = serializers.CharField()
    emotion = WordField(Emotion, allow_null=True)
    occurred_at = InstantField()
    recorded_at = InstantField()
    counts_at = InstantField()
    by = PersonShown(source="by_user", allow_null=True)
    client = serializers.CharField(source="by_client.name", default=None, allow_null=True)
    answered_at = InstantField(allow_null=True)
    withdrawn_at = InstantField(allow_null=True)


class AttemptShown(SaysWith):
    """One attempt to reach the customer."""

    channel = WordField(Channel)
    result = WordField(AttemptResult)
    with_ = serializers.CharField(source="with_whom")
    words = serializers.CharField()
    at = InstantField(source="occurred_at")
    by = PersonShown(source="by_user", allow_null=True)


class RemedyShown(serializers.ModelSerializer[Remedy]):
    kind = WordField(RemedyKind)
    proposed_at = InstantField()
    proposed_by = PersonShown(allow_null=True)
    approved_at = InstantField(allow_null=True)
    refused_at = InstantField(allow_null=True)
    decided_by = PersonShown(allow_null=True)

    class Meta:
        model = Remedy
        fields = [
            "kind", "description", "cost", "needs_approval", "proposed_at", "proposed_by",
            "approved_at", "refused_at", "decided_by",
        ]  # fmt: skip


class NoteShown(serializers.ModelSerializer[Note]):
    written_at = InstantField()
    by = PersonShown(source="by_user", allow_null=True)

    class Meta:
        model = Note
        fields = ["text", "written_at", "by"]


class EvidenceShown(serializers.ModelSerializer[Evidence]):
    attached_at = InstantField()
    by = PersonShown(source="by_user", allow_null=True)

    class Meta:
        model = Evidence
        fields = [
            "id", "name", "content_type", "size", "sha256", "caption", "attached_at", "by",
        ]  # fmt: skip
