from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from reports.assembling import PartShown

LONGEST_TEXT = 8000
A_FINGERPRINT = RegexValidator(r"^[0-9a-f]{64}$")


class PartForm(forms.Form):
    """A part's text, and which one the writer had before them."""

    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    made_from = forms.CharField(validators=[A_FINGERPRINT], widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Write something, or take the product's text again.")},
    )

    @classmethod
    def of(cls, shown: PartShown, text: str | None = None) -> PartForm:
        """Return the form of a part, filled with its text or with what somebody typed."""
        start = shown.text if text is None else text
        return cls(initial={"seen": shown.number, "made_from": shown.made_from, "text": start})


class TakeBackForm(forms.Form):
    seen = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
