"""The duty roster of a team, and the absences of a person, where they are administered."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Absence, DutyShift, Team, User
from accounts.spans import overlapping, spanning
from timekeeping import clock

STILL_SHOWN = timedelta(days=7)
"""How long a shift stays on the page after it has ended."""


class RosterFormSet(BaseInlineFormSet[DutyShift, Team, forms.ModelForm[DutyShift]]):
    """Refuses two people on duty for one team at the same time, beside the later one."""

    def clean(self) -> None:
        super().clean()
        forms_ = [form for form in self.forms if self._counts(form)]
        forms_.sort(key=lambda form: form.instance.begins_at)
        for first, second in combinations(forms_, 2):
            if first.instance.overlaps(second.instance):
                self._refuse(second, first.instance)
        here = [form.instance.pk for form in self.forms if form.instance.pk]
        others = DutyShift.objects.filter(team=self.instance.pk).exclude(pk__in=here)
        for form in forms_:
            shift = form.instance
            other = overlapping(others, shift.begins_at, shift.ends_at).first()
            if other is not None:
                self._refuse(form, other)

    def _counts(self, form: forms.ModelForm[DutyShift]) -> bool:
        said = getattr(form, "cleaned_data", {})
        whole = bool(said.get("begins_at") and said.get("ends_at") and said.get("user"))
        return whole and not form.errors and not said.get("DELETE")

    def _refuse(self, form: forms.ModelForm[DutyShift], other: DutyShift) -> None:
        words = _("{name} is on duty during part of it: from {begins} to {ends}.")
        form.add_error(
            "begins_at", spanning(words, other.begins_at, other.ends_at, name=other.user)
        )


class RosterInline(admin.TabularInline[DutyShift, Team]):
    """Who is on duty when. What ended more than a week ago is kept, and not shown."""

    model = DutyShift
    formset = RosterFormSet
    extra = 1
    autocomplete_fields = ["user"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyShift]:
        shown_since = clock.now() - STILL_SHOWN
        return super().get_queryset(request).filter(ends_at__gte=shown_since)


class AbsenceInline(admin.TabularInline[Absence, User]):
    model = Absence
    fk_name = "user"
    extra = 0
    autocomplete_fields = ["stand_in"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and super().has_add_permission(request, obj)
