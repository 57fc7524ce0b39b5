from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.shown import PersonShown, TeamShown, show, show_all
from customers.api.serializers import ContactShown, CustomerBrief, ProductShown
from objections.api.actions import ActionShown, allowed_actions
from objections.api.callers import Caller
from objections.api.fields import InstantField, WordField
from objections.api.shown import work
from objections.api.shown.clocks import DeadlineShown, is_overdue, next_due
from objections.models import Case, ContactRecord, Deadline, HandOver, Question, Remedy, Solution
from objections.services.cases import Opened
from objections.vocabulary import (
    CauseCategory,
    Channel,
    ClockMode,
    CustomerStyle,
    Emotion,
    Kind,
    Origin,
    Purpose,
    Sensitivity,
    Stage,
    Urgency,
)


class CaseShown(serializers.ModelSerializer[Case]):
    """A case in a list.

    `clock_mode` says whether its clocks ring (`live`), run and show without alerting anybody
    (`observe`), or are kept for the record (`historical`).

    `version` rises with each change by a person or a program, not when a clock rings;
    it is the `ETag` of the case. `next_due_at` is the earliest due moment of what is
    still waited for; `overdue` says whether any of it is late.
    """

    stage = WordField(Stage)
    kind = WordField(Kind)
    urgency = WordField(Urgency)
    sensitivity = WordField(Sensitivity)
    clock_mode = WordField(ClockMode)
    channel = WordField(Channel, allow_blank=True)
    emotion = WordField(Emotion, allow_null=True)
    style = WordField(CustomerStyle, allow_blank=True)  # type: ignore[assignment]
    origin = WordField(Origin, allow_blank=True)
    cause_category = WordField(CauseCategory, allow_blank=True)
    stage_entered_at = InstantField()
    received_at = InstantField()
    opened_at = InstantField()
    updated_at = InstantField()
    closed_at = InstantField(allow_null=True)
    persistent_at = InstantField(allow_null=True)
    merged_at = InstantField(allow_null=True)
    team = TeamShown(allow_null=True)
    handler = PersonShown(allow_null=True)
    customer = CustomerBrief(allow_null=True)
    contact = ContactShown(allow_null=True)
    product = ProductShown(allow_null=True)
    next_due_at = serializers.SerializerMethodField()
    overdue = serializers.SerializerMethodField()
    deadlines = DeadlineShown(many=True)

    class Meta:
        model = Case
        fields = [
            "reference", "version", "source", "external_id", "stage", "kind", "urgency",
            "sensitivity", "clock_mode", "channel", "cycle", "title", "statement", "received_at",
            "opened_at", "updated_at", "stage_entered_at", "closed_at", "persistent_at",
            "merged_at", "team", "handler", "customer", "contact", "product", "serial", "batch",
            "purchased_on", "symptom_codes",
            "frequency", "since", "expectation", "already_tried", "emotion", "style", "origin",
            "cause_category", "lesson", "next_due_at", "overdue", "deadlines",
        ]  # fmt: skip

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def get_next_due_at(self, case: Case) -> str | None:
        due = next_due(list(case.deadlines.all()))
        return InstantField().to_representation(due) if due else None

    def get_overdue(self, case: Case) -> bool:
        return any(is_overdue(one, self.context["now"]) for one in case.deadlines.all())


class CaseWhole(CaseShown):
    """A case with all that was said, promised and done, and what may be done next."""

    parent = serializers.CharField(  # type: ignore[assignment]
        source="parent.reference", default=None, allow_null=True
    )
    children: Any = serializers.SlugRelatedField(slug_field="reference", many=True, read_only=True)
    merged_into = serializers.CharField(
        source="merged_into.reference", default=None, allow_null=True
    )
    absorbed: Any = serializers.SlugRelatedField(slug_field="reference", many=True, read_only=True)
    recurrence_of = serializers.CharField(
        source="recurrence_of.reference", default=None, allow_null=True
    )
    recurrences: Any = serializers.SlugRelatedField(
        slug_field="reference", many=True, read_only=True
    )
    questions = work.QuestionShown(many=True)
    restatements = work.RestatementShown(many=True)
    solutions = work.SolutionShown(many=True)
    remedies = work.RemedyShown(many=True)
    commitments = work.CommitmentShown(many=True)
    hand_overs = work.HandOverShown(many=True)
    contacts = work.ContactRecordShown(many=True, source="contact_records")
    attempts = serializers.SerializerMethodField()
    verdicts = work.VerdictShown(many=True)
    notes = work.NoteShown(many=True)
    evidence = work.EvidenceShown(many=True)
    allowed_actions = serializers.SerializerMethodField()

    class Meta(CaseShown.Meta):
        fields = [
            *CaseShown.Meta.fields, "parent", "children", "merged_into", "absorbed",
            "recurrence_of", "recurrences", "questions", "restatements", "solutions",
            "remedies", "commitments", "hand_overs", "contacts", "attempts", "verdicts",
            "notes", "evidence", "allowed_actions",
        ]  # fmt: skip

    @extend_schema_field(work.AttemptShown(many=True))
    def get_attempts(self, case: Case) -> Any:
        made = [one for one in case.contact_records.all() if one.purpose == Purpose.ATTEMPT]
        return show_all(work.AttemptShown, made)

    @extend_schema_field(ActionShown(many=True))
    def get_allowed_actions(self, case: Case) -> list[dict[str, Any]]:
        return allowed_actions(case, self.context["caller"])


def for_list(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Return cases with what a list shows of them, in a fixed number of queries."""
    return cases.select_related(
        "team", "handler", "customer", "contact", "product"
    ).prefetch_related(
        Prefetch("deadlines", Deadline.objects.prefetch_related("pauses", "calendar__calendar"))
    )


def _whole(case: Case, caller: Caller) -> Case:
    """Return the case as it is now, with all that belongs to it.

    Cases that do not exist for the caller are left out of those that it is linked to.
    """
    found = (
        for_list(Case.objects.all())
        .select_related("parent", "merged_into", "recurrence_of")
        .prefetch_related(
            Prefetch("children", caller.cases()), Prefetch("absorbed", caller.cases()),
            Prefetch("recurrences", caller.cases()),
            "restatements", "commitments", "verdicts",
            Prefetch("questions", Question.objects.select_related("deferred_to")),
            Prefetch(
                "solutions", Solution.objects.select_related("chosen").prefetch_related("options")
            ),
            Prefetch("hand_overs", HandOver.objects.select_related("to_user")),
            Prefetch("remedies", Remedy.objects.select_related("proposed_by", "decided_by")),
            Prefetch(
                "contact_records", ContactRecord.objects.select_related("by_user", "by_client")
            ),
            "notes__by_user", "evidence__by_user",
        )
        .get(pk=case.pk)
    )  # fmt: skip
    if found.parent is not None and not _exists(found.parent, caller):
        found.parent = None
    if found.merged_into is not None and not _exists(found.merged_into, caller):
        found.merged_into = None
    if found.recurrence_of is not None and not _exists(found.recurrence_of, caller):
        found.recurrence_of = None
    return found


def _exists(case: Case, caller: Caller) -> bool:
    return caller.cases().filter(pk=case.pk).exists()


def show_case(case: Case, *, caller: Caller, now: datetime) -> dict[str, Any]:
    """Return all of a case as this caller reads it."""
    return show(CaseWhole, _whole(case, caller), caller=caller, now=now)


NOT_YET = (
    "children", "absorbed", "recurrences", "restatements", "commitments", "verdicts",
    "solutions", "hand_overs", "remedies", "notes", "evidence",
)  # fmt: skip


def show_opened(opened: Opened, *, caller: Caller, now: datetime) -> dict[str, Any]:
    """Return all of a case on which no step has been taken yet.

    Nothing is read for it: opening cases is what programs do most.
    """
    case = opened.case
    _know(case, **dict.fromkeys(NOT_YET, ()))
    _know(
        case, deadlines=opened.deadlines, questions=opened.questions,
        contact_records=[opened.contact] if opened.contact else (),
    )  # fmt: skip
    for deadline in opened.deadlines:
        _know(deadline, pauses=())
    return show(CaseWhole, case, caller=caller, now=now)


def _know(row: Case | Deadline, **related: Sequence[Model]) -> None:
    """Let a row's relations be what we know, as if they had been prefetched."""
    known: dict[str, Any] = row.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, rows in related.items():
        relation = getattr(row, name).none()
        relation._result_cache = list(rows)
        known[name] = relation
