from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from followups.reflecting import Answers
from objections.forms.fields import TextField
from objections.models import Case
from objections.vocabulary import AttemptResult, CauseCategory, LinkMedium

MOST = 100


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

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "–"), *CauseCategory.choices]
        self.fields["cause_category"] = forms.ChoiceField(
            label=_("Category of the cause"), required=False, choices=choices
        )
        self.fields["lesson"].initial = case.lesson
        self.fields["cause_category"].initial = case.cause_category

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
        """The facts of the case that were given here; a blank changes nothing."""
        given = {name: self.cleaned_data[name] for name in ("lesson", "cause_category")}
        return {name: value for name, value in given.items() if value}


class AttemptForm(forms.Form):
    """One tap: we called, and this came of it."""

    result = forms.ChoiceField(choices=AttemptResult.choices)


class References(forms.Field):
    """The references that were ticked."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[str]:
        return [one.replace("\x00", "")[:16] for one in value or ()][:MOST]


class SurveyForm(forms.Form):
    """Ask these customers by a link: which cases, and how it reaches them."""

    pick = References(error_messages={"required": _("Pick at least one case.")})
    medium = forms.ChoiceField(
        label=_("Send by"),
        choices=[
            (LinkMedium.EMAIL, LinkMedium.EMAIL.label),
            (LinkMedium.SMS, LinkMedium.SMS.label),
        ],
    )
