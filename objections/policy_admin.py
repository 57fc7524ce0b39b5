"""Administration of the policies: drafts are edited, what was published can only be read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from objections.deadlines import terms
from objections.models import Allowance, Policy, Recomputation, Rung
from objections.policies import durations, lengths, saying
from objections.policies.forms import (
    AllowanceInPolicyForm,
    AllowancesFormSet,
    AllowanceWithLadderForm,
    RungForm,
    RungsFormSet,
)
from objections.policies.pages import PolicyPages
from objections.vocabulary import PauseReason, Unit
from timekeeping import clock

OVERRIDES: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.DurationField: {"form_class": durations.DurationField}
}
SHOWN = {
    "length": "length_in_words", "pause_maximum": "pause_in_words", "offset": "offset_in_words",
    "pause_reasons": "reasons_in_words", "remind_every": "reminder_in_words",
}  # fmt: skip
"""What stands in the place of a field where it is only read."""


def _words(length: Any, unit: str = Unit.ELAPSED) -> str:
    return "" if length is None else lengths.words(length, days=unit != Unit.WORKING)


class DraftsOnly:
    """Lets rows be changed while the policy that they belong to is a draft."""

    def policy_of(self, obj: Any) -> Policy | None:
        return obj if isinstance(obj, Policy | None) else obj.policy

    def may_edit(self, obj: Model | None) -> bool:
        policy = self.policy_of(obj)
        return policy is None or policy.is_draft

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and self.may_edit(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only one at a time, and never what was published."""
        allowed: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and obj is not None and self.may_edit(obj)


class OfADraft(DraftsOnly):
    """Rows on the page of what they belong to."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_add_permission(request, obj)  # type: ignore[misc]
        return allowed and self.may_edit(obj)


class Examples:
    """What an allowance means for a case opened on a Friday evening, reckoned once a page."""

    _lines: dict[int, list[terms.Line]]

    @admin.display(description=_("example"))
    def example(self, allowance: Allowance) -> str:
        if allowance.pk is None:
            return str(_("Said once it is saved."))
        known = self.__dict__.setdefault("_lines", {})
        if allowance.policy_id not in known:
            known[allowance.policy_id] = terms.lines_of(allowance.policy)
        return saying.example(known[allowance.policy_id], allowance, clock.now())

    @admin.display(description=_("allowance"))
    def length_in_words(self, allowance: Allowance) -> str:
        return _words(allowance.length, allowance.unit)


class RungInline(OfADraft, admin.TabularInline[Rung, Allowance]):
    model = Rung
    form = RungForm
    formset = RungsFormSet
    extra = 0
    autocomplete_fields = ("person",)
    readonly_fields = ("offset_in_words",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        offset = "offset" if self.has_change_permission(request, obj) else SHOWN["offset"]
        return [offset, "percent", "level", "person"]

    @admin.display(description=_("from the due moment"))
    def offset_in_words(self, rung: Rung) -> str:
        return _words(rung.offset)


class AllowanceInline(OfADraft, Examples, admin.TabularInline[Allowance, Policy]):
    model = Allowance
    formset = AllowancesFormSet
    form = AllowanceInPolicyForm
    extra = 0
    formfield_overrides = OVERRIDES
    readonly_fields = ("example", "length_in_words")
    show_change_link = True

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: Any, **options: Any
    ) -> Any:
        """Leave out the buttons beside teams and products: the row is long enough."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        length = "length" if self.has_change_permission(request, obj) else SHOWN["length"]
        return [
            "promise", "kind", "urgency", length, "unit", "days", "example", "tier", "team",
            "product",
        ]  # fmt: skip


@admin.register(Policy)
class PolicyAdmin(DraftsOnly, PolicyPages):
    """Drafts are edited and published; a published version is followed by another one.

    One policy is in force at any time, so that no case is ever opened without clocks.
    """

    list_display = ("name", "version", "state", "published_at", "published_by", "progress")
    list_select_related = ("published_by",)
    ordering = ("name", "-version")
    fields = ("name", "version", "state", "published_at", "published_by", "progress")
    readonly_fields = ("state", "published_at", "published_by", "progress")
    inlines = (AllowanceInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        return super().get_queryset(request).prefetch_related("recomputations")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Policy | None:
        """Hold a draft that is being saved, so that nobody publishes half of the change."""
        if request.method == "POST" and object_id.isdecimal() and len(object_id) < 19:
            Policy.objects.select_for_update().filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    @admin.display(description=_("state"))
    def state(self, policy: Policy) -> str:
        if policy.is_draft:
            return str(_("Draft"))
        return str(_("In force")) if policy.in_force else str(_("Followed by another"))

    @admin.display(description=_("running clocks computed anew"))
    def progress(self, policy: Policy) -> str:
        rows = [(_progress(row),) for row in policy.recomputations.all()] if policy.pk else []
        return format_html_join("", "<div>{}</div>", rows) or "–"


def _progress(asked: Recomputation) -> str:
    said = {"moved": asked.moved, "overdue": asked.overdue, "failed": asked.failed}
    if asked.done_at is None:
        return str(_("At work: moved %(moved)s, made overdue %(overdue)s so far.") % said)
    if asked.failed:
        words = _("Done: moved %(moved)s, made overdue %(overdue)s. Left as they were: %(failed)s.")
        return str(words % said)
    return str(_("Done: moved %(moved)s, made overdue %(overdue)s.") % said)


@admin.register(Allowance)
class AllowanceAdmin(DraftsOnly, Examples, admin.ModelAdmin[Allowance]):
    """An allowance with its ladder. Each rung is checked against the length."""

    form = AllowanceWithLadderForm
    formfield_overrides = OVERRIDES
    list_display = ("policy", "promise", "kind", "urgency", "tier", "team", "length_in_words",
                    "unit", "days")  # fmt: skip
    list_display_links = ("promise",)
    list_filter = ("policy", "promise")
    list_select_related = ("policy", "team")
    inlines = (RungInline,)
    readonly_fields = ("example", *(name for name in SHOWN.values() if name != SHOWN["offset"]))

    def get_fieldsets(self, request: HttpRequest, obj: Allowance | None = None) -> Any:
        groups: list[tuple[Any, list[str]]] = [
            (None, ["policy", "promise", "kind", "urgency", "tier", "team", "product"]),
            (_("Allowance"), ["length", "unit", "days", "example"]),
            (_("Pauses"), ["pause_maximum", "pauses_per_cycle", "pause_reasons"]),
            (_("Night"), ["night_from", "night_until"]),
            (_("Reminders until somebody takes it"), ["remind_every", "remind_at_most"]),
        ]
        read = not self.has_change_permission(request, obj)
        return [
            (title, {"fields": [SHOWN.get(name, name) if read else name for name in names]})
            for title, names in groups
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Allowance | None = None
    ) -> tuple[str, ...]:
        """An allowance stays with its policy."""
        own = tuple(self.readonly_fields)
        return own if obj is None else ("policy", *own)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Allowance | None:
        """Hold the draft while one of its allowances is being saved."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            found.policy = Policy.objects.select_for_update().get(pk=found.policy_id)
        return found

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "policy":
            options["queryset"] = Policy.objects.filter(published_at=None)
        return super().formfield_for_foreignkey(db_field, request, **options)

    @admin.display(description=_("longest pause"))
    def pause_in_words(self, allowance: Allowance) -> str:
        return _words(allowance.pause_maximum)

    @admin.display(description=_("reasons for a pause"))
    def reasons_in_words(self, allowance: Allowance) -> str:
        said = (str(PauseReason(name).label) for name in allowance.pause_reasons)
        return pgettext("between names", ", ").join(said)

    @admin.display(description=_("reminder every"))
    def reminder_in_words(self, allowance: Allowance) -> str:
        return _words(allowance.remind_every)
