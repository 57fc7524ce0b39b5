"""What administrators type: policies, allowances, ladders. Each checked before it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from objections.models import Allowance, Policy, Rung
from objections.policies import checks, durations, lengths, rows
from objections.vocabulary import PauseReason, Unit

SELECTORS = ("kind", "urgency", "tier", "team", "product")
LEVELS = [
    (0, _("0: the handler, as a warning")),
    (1, _("1: the supervisor")),
    (2, _("2: the manager")),
    (3, _("3: the duty officer")),
]
DURATIONS = ("length", "pause_maximum", "remind_every")


class AllowanceForm(forms.ModelForm[Allowance]):
    """An allowance. What it is for is said once; its ladder has to fit wherever it is changed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            for name in ("promise", *SELECTORS):
                if name in self.fields:
                    self.fields[name].disabled = True
        for name in DURATIONS:
            stored = getattr(self.instance, name)
            if name in self.fields and stored is not None:
                in_days = name != "length" or self.instance.unit != Unit.WORKING
                self.initial[name] = lengths.words(stored, days=in_days)

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned: dict[str, Any] = self.cleaned_data
        typed = str(self.data.get(self.add_prefix("length"), ""))
        if cleaned.get("unit") == Unit.WORKING and lengths.names_days(typed):
            words = _("A day is 24 hours here: say working time in hours, or choose working days.")
            self.add_error("length", words)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """Say what is wrong with a field that is not on this page above the row."""
        if field is None and isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            here: dict[str, list[Any]] = {}
            for name, errors in error.error_dict.items():
                shown = name if name in self.fields else NON_FIELD_ERRORS
                here.setdefault(shown, []).extend(errors)
            error = ValidationError(here)
        super().add_error(field, error)


class AllowanceInPolicyForm(AllowanceForm):
    """An allowance beside others, whose ladder is not on the page."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.instance._state.adding or not {"length", "unit", "days"} & set(self.changed_data):
            return
        misfits = list(_misfits(self.instance, list(self.instance.rungs.select_related("person"))))
        if misfits:
            field = "days" if self.instance.unit == Unit.DAYS else "length"
            words = _("A rung of its ladder no longer fits: %s")
            self.add_error(field, words % misfits[0])


def _misfits(allowance: Allowance, ladder: list[Rung]) -> Iterator[str]:
    for rung in ladder:
        rung.allowance = allowance
        for words in rows.rung_faults(rung).values():
            yield str(words)
    for fault in rows.ladder_faults(checks.known_length(allowance), ladder):
        yield str(fault.words)


class AllowancesFormSet(forms.BaseInlineFormSet[Allowance, Policy, forms.ModelForm[Allowance]]):
    """The allowances of one policy: each is said once."""

    def clean(self) -> None:
        super().clean()
        on_page = [form.instance.pk for form in self.forms if form.instance.pk]
        others = self.instance.allowances.exclude(pk__in=on_page) if self.instance.pk else []
        seen = {_what_for(row) for row in others}
        for form in self.forms:
            if not form.is_valid() or (not form.has_changed() and form.instance.pk is None):
                continue
            if form.cleaned_data.get("DELETE"):
                continue
            what_for = _what_for(form.instance)
            if what_for in seen:
                form.add_error("promise", _("There is already an allowance for just these cases."))
            seen.add(what_for)


def _what_for(row: Allowance) -> tuple[Any, ...]:
    return (row.promise, row.kind, row.urgency, row.tier, row.team_id, row.product_id)


class AllowanceWithLadderForm(AllowanceForm):
    """An allowance on a page of its own, with all that can be said of it."""

    pause_reasons = forms.MultipleChoiceField(
        choices=PauseReason.choices, required=False, label=_("Reasons for a pause"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        policy = cleaned.get("policy")
        if policy is not None and self.instance._state.adding:
            _lock_draft(policy)
        return cleaned


def _lock_draft(policy: Policy) -> None:
    """Refuse an allowance for a policy that somebody has published in the meantime."""
    locked = Policy.objects.select_for_update().filter(pk=policy.pk).first()
    if locked is None or not locked.is_draft:
        raise ValidationError({"policy": _("A published policy is not edited: draft a version.")})


class RungForm(forms.ModelForm[Rung]):
    level = forms.TypedChoiceField(choices=LEVELS, coerce=int, label=_("Level"))
    offset = durations.DurationField(
        required=False, label=_("From the due moment"),
        help_text=_("Before it with a minus, such as -5 min; at it 0 min; after it 2 h."),
    )  # fmt: skip


class RungsFormSet(forms.BaseInlineFormSet[Rung, Allowance, forms.ModelForm[Rung]]):
    """The ladder of one allowance: it never goes down, and no two rungs ring at once."""

    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if form.is_valid() and form.has_changed() | bool(form.instance.pk)
            and not form.cleaned_data.get("DELETE")
        ]  # fmt: skip
        ladder = [form.instance for form in kept]
        for fault in rows.ladder_faults(self._length(), ladder):
            kept[fault.number].add_error(fault.field or None, str(fault.words))

    def _length(self) -> timedelta | None:
        return checks.known_length(self.instance)
