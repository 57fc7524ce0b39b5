"""Proposing what we give to make good."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from objections.forms.fields import TextField
from objections.vocabulary import RemedyKind


class RemedyForm(forms.Form):
    kind = forms.TypedChoiceField(label=_("Remedy"), choices=RemedyKind.choices, coerce=RemedyKind)
    description = TextField(label=_("What exactly we give"), rows=2)
    cost = forms.DecimalField(
        label=_("Cost"), min_value=0, max_digits=12, decimal_places=2,
        help_text=_("Above your limit somebody else has to approve it."),
    )  # fmt: skip
