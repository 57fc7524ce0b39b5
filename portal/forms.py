"""What a customer can send from their page. One field of words, and what it is about."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.reading import Page

LONGEST = 4000


class AnswerForm(forms.Form):
    """The base of all. ``key`` is made with the form: sent twice, it counts once."""

    do = ""
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)
    words = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST, required=False
    )

    def __init__(self, *args: Any, page: Page, **options: Any) -> None:
        options.setdefault("auto_id", f"{self.do}_%s")
        super().__init__(*args, **options)
        self.fields["seen"].initial = page.seen
        self.fill(page)

    def fill(self, page: Page) -> None:
        """Set what depends on the case."""


class ConfirmForm(AnswerForm):
    do = "confirm"


class CorrectForm(AnswerForm):
    do = "correct"
    words = forms.CharField(
        label=_("What is not right?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST
    )


class ChooseForm(AnswerForm):
    do = "choose"
    option = forms.TypedChoiceField(
        widget=forms.RadioSelect, coerce=int,
        error_messages={"required": _("Please choose one of the ways.")},
    )  # fmt: skip

    def fill(self, page: Page) -> None:
        numbers = [(str(way.number), way.title) for way in page.ways]
        self.fields["option"].choices = numbers  # type: ignore[attr-defined]
        chosen = next((str(way.number) for way in page.ways if way.chosen), None)
        self.fields["option"].initial = chosen
        self.fields["words"].label = _("Anything we should know about it?")

    @property
    def picked(self) -> str:
        return str(self["option"].value() or "")


class RejectForm(AnswerForm):
    do = "reject"
    words = forms.CharField(
        label=_("What would suit you, or why not?"), widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
    )  # fmt: skip


class VerdictForm(AnswerForm):
    do = "verdict"
    score = forms.TypedChoiceField(
        label=_("How did we do?"), choices=[(str(n), str(n)) for n in range(1, 6)], coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please give a score from 1 to 5.")},
    )  # fmt: skip

    def fill(self, page: Page) -> None:
        self.fields["words"].label = _("What could we do better?")


class ProtestForm(AnswerForm):
    do = "protest"
    words = forms.CharField(
        label=_("What is still wrong?"), widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
    )  # fmt: skip


class MessageForm(AnswerForm):
    do = "message"
    words = forms.CharField(
        label=_("Your message"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST
    )


FORMS: dict[str, type[AnswerForm]] = {
    made.do: made
    for made in (
        ConfirmForm, CorrectForm, ChooseForm, RejectForm, VerdictForm, ProtestForm, MessageForm
    )
}  # fmt: skip


def offered(page: Page) -> list[str]:
    """Return the forms that make sense on this page."""
    found = []
    if page.asks == "confirm":
        found += ["confirm", "correct"]
    if page.stage == "respond" and page.ways:
        found += ["choose", "reject"]
    if page.asks == "verdict":
        found.append("verdict")
    if page.may_protest:
        found.append("protest")
    if page.may_write:
        found.append("message")
    return found
