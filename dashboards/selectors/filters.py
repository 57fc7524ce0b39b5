"""What lists of cases can be narrowed by. Everything lives in the address of the page."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from customers.models import Customer, Tier
from objections.models import Case
from objections.vocabulary import OPEN_STAGES, Kind, Stage, Urgency

REFERENCE = re.compile(r"(?:(?:CT-)?(\d{4})-)?(\d{1,9})", re.IGNORECASE)
MOST_CUSTOMERS = 200
FIRST_YEAR, LAST_YEAR = 2015, 2050

_EMPTY = [("", _("Any"))]


class CaseFilter(forms.Form):
    """Stage, kind, urgency, tier, team and words. An unknown value is an error, not a filter."""

    q = forms.CharField(label=_("Search"), required=False, max_length=120)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*_EMPTY, *Kind.choices])
    urgency = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[*_EMPTY, *Urgency.choices]
    )
    tier = forms.ChoiceField(label=_("Tier"), required=False, choices=[*_EMPTY, *Tier.choices])
    team = forms.ModelChoiceField(
        label=_("Team"), required=False, queryset=Team.objects.all(), to_field_name="slug",
        empty_label=_("Any"),
    )  # fmt: skip

    def __init__(self, *args: Any, ended: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = list(Stage) if ended else OPEN_STAGES
        choices = [(stage.value, stage.label) for stage in stages]
        self.fields["stage"] = forms.ChoiceField(
            label=_("Stage"), required=False, choices=[*_EMPTY, *choices]
        )

    @property
    def active(self) -> dict[str, Any]:
        """The filters that are set and make sense, without the words."""
        cleaned = getattr(self, "cleaned_data", {})
        return {name: value for name, value in cleaned.items() if value and name != "q"}

    @property
    def in_force(self) -> dict[str, str]:
        """What the list is narrowed by, in words, the search included."""
        words = {"q": self.cleaned_data["q"]} if self.cleaned_data.get("q") else {}
        for name, value in self.active.items():
            choices = dict(getattr(self.fields[name], "choices", ()))
            words[name] = str(value) if name == "team" else str(choices[value])
        return words

    @property
    def is_set(self) -> bool:
        return bool(self.in_force)

    def narrow(self, cases: QuerySet[Case]) -> QuerySet[Case]:
        """Apply what is set; a value with an error is left out and shown as one."""
        self.is_valid()
        for name, value in self.active.items():
            cases = cases.filter(**{"customer__tier" if name == "tier" else name: value})
        return search(cases, self.cleaned_data.get("q", ""))


def search(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    """Find by reference, or by what the title, the customer's words or their name contain.

    A whole reference finds that case alone; a bare number also what contains it. Each
    condition has an index of its own, which a subquery among them would put out of use.
    """
    words = words.strip()
    if not words:
        return cases
    named = references(words)
    if named and not words.isdigit():
        return cases.filter(reference__in=named)
    customers = Customer.objects.filter(name__icontains=words)[:MOST_CUSTOMERS]
    return cases.filter(
        Q(title__icontains=words)
        | Q(statement__icontains=words)
        | Q(customer__in=list(customers.values_list("pk", flat=True)))
        | Q(reference__in=named)
    )


def references(words: str) -> list[str]:
    """Return the references that these words may stand for: "4817" is one of each year."""
    match = REFERENCE.fullmatch(words)
    if match is None:
        return []
    year, number = match.groups()
    years = [int(year)] if year else range(FIRST_YEAR, LAST_YEAR)
    return [f"CT-{one}-{int(number):06d}" for one in years]
