"""Writing down a why, and saying it better."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.forms.fields import NO_CHOICE, TextField
from objections.models import Case, Evidence, Why
from objections.services.analysis import numbered
from objections.vocabulary import CauseCategory

LONGEST = 2_000


class _Proofs(forms.ModelMultipleChoiceField[Any]):
    """Files of the case, by what they show."""

    def label_from_instance(self, obj: Evidence) -> str:
        return obj.caption or obj.name


class WhyForm(forms.Form):
    """One answer to "why?". ``number`` is of the why that it corrects, ``under`` of the one
    that it explains; both are none for a first answer.
    """

    text = TextField(label=gettext_lazy("Because"), rows=2, max_length=LONGEST)
    evidence = TextField(
        label=gettext_lazy("What shows that it is so"), rows=1, required=False, max_length=LONGEST
    )
    proofs = _Proofs(
        label=gettext_lazy("Files that prove it"), queryset=Evidence.objects.none(),
        required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    is_root_cause = forms.BooleanField(
        label=gettext_lazy("This is a root cause: the asking ends here"), required=False
    )
    category = forms.TypedChoiceField(
        label=gettext_lazy("Category of the cause"), required=False, empty_value=None,
        choices=[NO_CHOICE, *CauseCategory.choices], coerce=CauseCategory,
    )  # fmt: skip
    under = forms.IntegerField(
        label=gettext_lazy("What it explains"), required=False, widget=forms.HiddenInput
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, case: Case, number: int | None = None, under: int | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        rows = {key: row for key, row in numbered(case).items() if row.removed_at is None}
        self.case = case
        self.corrects = rows.get(number or 0)
        self.number = number if self.corrects else None
        self.parent, self.under_number = self._above(rows, under)
        cast(_Proofs, self.fields["proofs"]).queryset = case.evidence.all()
        self.fields["category"].initial = case.cause_category
        if self.corrects is not None:
            self._begin_with(self.corrects)

    def _above(self, rows: dict[int, Why], under: int | None) -> tuple[Why | None, int | None]:
        """Return the why that this explains, and its number where this is a new answer."""
        if self.corrects is not None:
            key = self.corrects.parent_id
            return next((row for row in rows.values() if row.pk == key), None), None
        given = str(self.data.get("under", "")) if self.is_bound else str(under or "")
        number = int(given) if given.isascii() and given.isdigit() else 0
        found = rows.get(number)
        return found, number if found else None

    def _begin_with(self, why: Why) -> None:
        for name in ("text", "evidence", "is_root_cause"):
            self.fields[name].initial = getattr(why, name)
        self.fields["proofs"].initial = list(why.files.all())

    @property
    def asks(self) -> str:
        """The question that this answers."""
        if self.parent is None:
            return _("Why did it happen?")
        return _("Why: “{text}”?").format(text=self.parent.text)

    @property
    def values(self) -> dict[str, Any]:
        """What the services take. Only after ``is_valid``."""
        names = ("text", "evidence", "is_root_cause", "category")
        given = {name: self.cleaned_data[name] for name in names}
        return given | {"files": list(self.cleaned_data["proofs"])}
