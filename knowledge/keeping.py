"""The forms by which cards, templates and terms are kept, in the administration and beside it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from knowledge import variables
from knowledge.models import JargonTerm, PlaybookCard, ReplyTemplate
from objections.vocabulary import OPEN_STAGES, Kind


class KeptForm(forms.ModelForm[Any]):
    """A row that several people keep in order: nobody writes over what they have not seen.

    ``seen`` is the print of the row as the form was opened on. Where the row is another by
    then, the first submit is refused and ``meanwhile`` holds it as it stands; the next one
    is made in the knowledge of it. To be used inside a transaction.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    meanwhile: Model | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["seen"].initial = print_of(self.instance)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk:
            rows = type(self.instance)._default_manager.select_for_update()
            there = rows.filter(pk=self.instance.pk).first()
            if there is not None and data.get("seen") != print_of(there):
                self._refuse(there)
        return data

    def _refuse(self, there: Model) -> None:
        self.meanwhile = there
        typed: QueryDict = cast(QueryDict, self.data).copy()
        typed[self.add_prefix("seen")] = print_of(there)
        self.data = typed
        words = _("Somebody changed this meanwhile. Nothing was saved; save again to keep yours.")
        self.add_error(None, forms.ValidationError(words, code="stale"))

    def settle(self, *, now: datetime) -> None:
        """Write onto the row what follows from the form and the time. Before ``save``."""


class CardForm(KeptForm):
    class Meta:
        model = PlaybookCard
        fields = ["style", "language", "recognise", "do", "avoid", "phrase"]
        help_texts = dict.fromkeys(
            ["recognise", "do", "avoid"], gettext_lazy("One point a line; three to five are read.")
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 5})
            for name in ("recognise", "do", "avoid", "phrase")
        }


class TemplateForm(KeptForm):
    retired = forms.BooleanField(
        label=gettext_lazy("Offer it no more"), required=False,
        help_text=gettext_lazy("Replies are still compared with it."),
    )  # fmt: skip

    class Meta:
        model = ReplyTemplate
        fields = ["name", "language", "stage", "kind", "body"]
        help_texts = {
            "body": gettext_lazy(
                "Variables in braces are filled from the case. A gap for the engineer stands in"
                " square brackets and ends on a question mark: [what we found?]"
            ),
        }
        widgets = {"body": forms.Textarea(attrs={"rows": 16})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["retired"].initial = self.instance.retired_at is not None
        stages = [(stage.value, stage.label) for stage in OPEN_STAGES]
        for name, choices in (("stage", stages), ("kind", Kind.choices)):
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [("", pgettext("stage or kind", "any")), *choices]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        wrong = variables.faults(body)
        if wrong:
            raise forms.ValidationError(wrong, code="variables")
        return body

    def settle(self, *, now: datetime) -> None:
        if not self.cleaned_data["retired"]:
            self.instance.retired_at = None
        elif self.instance.retired_at is None:
            self.instance.retired_at = now


class TermForm(KeptForm):
    class Meta:
        model = JargonTerm
        fields = ["term", "plain", "language"]


def print_of(row: Model) -> str:
    """Return a print of what a row says; another print is another content."""
    parts = [f"{field.attname}={getattr(row, field.attname)}" for field in row._meta.fields]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
