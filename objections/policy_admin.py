"""Administration of the policies: allowances and ladders, each checked before it is saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from objections.models import Allowance, Policy, Rung
from objections.vocabulary import Promise


class RungInline(admin.TabularInline[Rung, Allowance]):
    model = Rung
    extra = 0


class AllowanceForm(forms.ModelForm[Allowance]):
    """An allowance beside others, whose ladder is not on the page but still has to fit."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned: dict[str, Any] = self.cleaned_data
        if self.instance._state.adding or "length" not in self.changed_data:
            return cleaned
        self.instance.length = cleaned.get("length")
        for rung in self.instance.rungs.all():
            rung.allowance = self.instance
            try:
                rung.clean()
            except ValidationError as error:
                words = _("A rung of its ladder no longer fits: %s")
                raise ValidationError({"length": words % " ".join(error.messages)}) from error
        return cleaned


class Allowances(forms.BaseInlineFormSet[Allowance, Policy, forms.ModelForm[Allowance]]):
    """The allowances of one policy. In force, it says something about every promise."""

    def clean(self) -> None:
        super().clean()
        if not self.instance.in_force:
            return
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        _refuse_gaps(
            row["promise"] for row in kept if not row.get("kind") and not row.get("urgency")
        )


class AllowanceInline(admin.TabularInline[Allowance, Policy]):
    model = Allowance
    formset = Allowances
    form = AllowanceForm
    extra = 0
    fields = (
        "promise", "kind", "urgency", "length", "unit", "pause_maximum", "pauses_per_cycle",
    )  # fmt: skip
    show_change_link = True


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin[Policy]):
    """A change counts for deadlines that start from then on; those that run keep their own.

    One policy is in force at any time, so that no case is ever opened without clocks.
    """

    list_display = ("name", "version", "in_force")
    readonly_fields = ("in_force",)
    inlines = (AllowanceInline,)
    actions = ("put_in_force",)

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        """Only one at a time, and never the one in force."""
        return obj is not None and not obj.in_force and super().has_delete_permission(request, obj)

    @admin.action(description=_("Put this policy in force"))
    def put_in_force(self, request: HttpRequest, chosen: QuerySet[Policy]) -> None:
        """Let one policy take the place of the one in force, at once and as a whole."""
        if chosen.count() != 1:
            self.message_user(request, _("Choose one policy."), messages.ERROR)
            return
        policy = chosen[0]
        try:
            general = policy.allowances.filter(kind="", urgency="")
            _refuse_gaps(general.values_list("promise", flat=True))
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return
        with transaction.atomic():
            Policy.objects.select_for_update().filter(in_force=True).update(in_force=False)
            Policy.objects.filter(pk=policy.pk).update(in_force=True)
        self.message_user(request, _("%s is in force.") % policy)


def _refuse_gaps(promises: Iterable[str]) -> None:
    """Refuse a policy that says nothing about a promise of cases in general."""
    said = set(promises)
    missing = [str(promise.label) for promise in Promise if promise not in said]
    if missing:
        words = _("A policy in force has an allowance for any kind and urgency of: %s")
        raise ValidationError(words % pgettext("between names", ", ").join(missing))


@admin.register(Allowance)
class AllowanceAdmin(admin.ModelAdmin[Allowance]):
    """An allowance with its ladder. Each rung is checked against the length."""

    list_display = ("policy", "promise", "kind", "urgency", "length", "unit")
    list_filter = ("policy", "promise")
    list_select_related = ("policy",)
    inlines = (RungInline,)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Allowance | None = None
    ) -> tuple[str, ...]:
        """What an allowance is for is said once; it is added and removed on its policy."""
        return () if obj is None else ("policy", "promise", "kind", "urgency")

    def has_delete_permission(self, request: HttpRequest, obj: Allowance | None = None) -> bool:
        return False
