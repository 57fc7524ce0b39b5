from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from followups.reflecting import Answers
from objections.forms.fields import ReferencesField, TextField
from objections.models import Case
from objections.vocabulary import AttemptResult, CauseCategory, LinkMedium

FACTS = ("lesson", "cause_category")


class ReflectionForm(forms.Form):
    """The three questions; and the lesson and the cause, where the case has none yet."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    went_well = TextField(label=_("What went well?"), required=False)
    can_be_better = TextField(label=_("What can be better?"), required=False)
    should_learn = TextField(label=_("What should the team learn?"), required=False)
    lesson = TextField(
        label=_("Lesson in one sentence"),
        help_text=_("Everybody reads it: in the week's digest, and as the start of an article."),
        required=False,
    )
    cause_category = forms.ChoiceField(label=_("Category of the cause"), required=False)
    lesson_read = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    cause_category_read = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "–"), *CauseCategory.choices]
        self.fields["cause_category"] = forms.ChoiceField(
            label=_("Category of the cause"), required=False, choices=choices
        )
        for name in FACTS:
            self.initial.setdefault(name, getattr(case, name))
            self.initial.setdefault(f"{name}_read", getattr(case, name))

    def clean(self) -> dict[str, Any]:
        """Refuse three blanks, naming the first question."""
        given: dict[str, Any] = super().clean() or {}
        said = [given.get(name) for name in ("went_well", "can_be_better", "should_learn")]
        if not any(said) and not self.errors:
            self.add_error("went_well", _("Answer at least one of the three questions."))
        return given

    @property
    def answers(self) -> Answers:
        return Answers(**{name: self.cleaned_data[name] for name in Answers.__dataclass_fields__})

    @property
    def facts(self) -> dict[str, str]:
        """The facts of the case that were changed here; a blank changes nothing.

        What stands in the form as it was read is not written again: somebody may have
        changed it on the case since.
        """
        given = {name: self.cleaned_data[name] for name in FACTS}
        return {
            name: value for name, value in given.items()
            if value and not _same(value, self.cleaned_data[f"{name}_read"])
        }  # fmt: skip


def _same(one: str, other: str) -> bool:
    """Tell whether two texts are the same; a browser bends line ends."""
    return one.strip().splitlines() == other.strip().splitlines()


class AttemptForm(forms.Form):
    """One tap: we called, and this came of it. ``version`` is that of the case as it was read."""

    result = forms.ChoiceField(choices=AttemptResult.choices)
    version = forms.IntegerField(min_value=0, required=False)


class SurveyForm(forms.Form):
    """Ask these customers by a link: which cases, and how it reaches them."""

    pick = ReferencesField(error_messages={"required": _("Pick at least one case.")})
    medium = forms.ChoiceField(
        label=_("Send by"),
        choices=[
            (LinkMedium.EMAIL, LinkMedium.EMAIL.label),
            (LinkMedium.SMS, LinkMedium.SMS.label),
        ],
    )
