"""Steps whose form asks more than the step: several at once, or choices that the case has."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.demands import latest_solution
from objections.forms.fields import NO_CHOICE, TextField
from objections.forms.inviting import Inviting
from objections.forms.steps import StepForm, step_form
from objections.models import Deadline
from objections.steps import (
    Acknowledge,
    AnswerHandOver,
    Attach,
    Choose,
    Confirm,
    KeepCommitment,
    Pause,
    ReagreeCommitment,
    Restate,
    Resume,
    Step,
)
from objections.vocabulary import Channel, Kind, PauseReason, Promise
from timekeeping import wording


class AcknowledgeForm(step_form(Acknowledge)):  # type: ignore[misc]
    """The first talk. What a short talk settles at once is recorded with it."""

    restatement = TextField(label=gettext_lazy("The issue in our words"), required=False, rows=2)
    interest = TextField(label=gettext_lazy("What they really want"), required=False, rows=2)
    agreed = TextField(
        label=gettext_lazy("How they agreed, in their words"), required=False, rows=2
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("restatement") and not data.get("interest"):
            self.add_error("interest", _("Say what they really want."))
        if data.get("agreed") and not data.get("restatement"):
            self.add_error("restatement", _("Write what they agreed to."))
        return data

    def to_steps(self) -> list[Step]:
        data = self.cleaned_data
        taken: list[Step] = [self.to_step()]
        if not data["restatement"] or self.case.kind == Kind.THANKS:
            return taken
        taken.append(
            Restate(at=data["at"], restatement=data["restatement"], interest=data["interest"])
        )
        if data["agreed"]:
            taken.append(_agreement(data, data["agreed"]))
        return taken


class RestateForm(Inviting, step_form(Restate)):  # type: ignore[misc]
    """Our words for the issue, and where the customer agrees at once, their answer."""

    channel = forms.TypedChoiceField(
        label=gettext_lazy("How they replied"), choices=Channel.choices, coerce=Channel,
        empty_value=None, required=False, widget=forms.RadioSelect,
    )  # fmt: skip
    with_whom = forms.CharField(label=gettext_lazy("With whom"), max_length=120, required=False)
    agreed = TextField(
        label=gettext_lazy("How they agreed, in their words"), required=False, rows=2,
        help_text=gettext_lazy("Leave it empty if they have not answered yet."),
    )  # fmt: skip

    def fill(self) -> None:
        super().fill()
        last = self.case.restatements.last()
        if last is not None:
            for name in ("position", "interest"):
                self.fields[name].initial = getattr(last, name)

    def to_steps(self) -> list[Step]:
        data = self.cleaned_data
        taken: list[Step] = super().to_steps()
        if data["agreed"]:
            taken.insert(1, _agreement(data, data["agreed"]))
        return taken


def _agreement(data: dict[str, Any], reply: str) -> Confirm:
    return Confirm(
        at=data["at"], channel=data["channel"], with_whom=data["with_whom"],
        emotion=data.get("emotion"), reply=reply,
    )  # fmt: skip


class ChooseForm(step_form(Choose)):  # type: ignore[misc]
    def fill(self) -> None:
        super().fill()
        solution = latest_solution(self.case)
        options = solution.options.all() if solution else ()
        field = cast(forms.ChoiceField, self.fields["option"])
        field.widget = forms.RadioSelect()
        field.choices = [(str(one.number), f"{one.number}. {one.title}") for one in options]


class _CommitmentForm:
    """The choice among the promises that are still open."""

    def fill(self) -> None:
        super().fill()  # type: ignore[misc]
        one = cast(StepForm, self)
        rows = one.case.commitments.filter(kept_at=None, voided_at=None).order_by("due_at")
        _choices(one, "commitment", [(row.number, row.what) for row in rows])


class KeepCommitmentForm(_CommitmentForm, step_form(KeepCommitment)):  # type: ignore[misc]
    pass


class ReagreeCommitmentForm(_CommitmentForm, step_form(ReagreeCommitment)):  # type: ignore[misc]
    pass


class AnswerHandOverForm(step_form(AnswerHandOver)):  # type: ignore[misc]
    def fill(self) -> None:
        super().fill()
        rows = self.case.hand_overs.filter(answered_at=None, voided_at=None)
        _choices(self, "hand_over", [(row.number, row.question) for row in rows])


def _choices(form: StepForm, name: str, rows: list[tuple[int, str]]) -> None:
    field = cast(forms.ChoiceField, form.fields[name])
    choices = [(str(number), text[:120]) for number, text in rows]
    field.choices = choices if len(choices) == 1 else [NO_CHOICE, *choices]


class _ClockForm:
    """The choice among the running clocks that policy lets stand still."""

    paused: bool

    def fill(self) -> None:
        super().fill()  # type: ignore[misc]
        one = cast(StepForm, self)
        rows = Deadline.objects.running().filter(case=one.case, pauses_per_cycle__gt=0)
        found = rows.filter(paused_at__isnull=not self.paused)
        field = cast(forms.ChoiceField, one.fields["promise"])
        field.choices = [(row.promise, Promise(row.promise).label) for row in found]


class PauseForm(_ClockForm, step_form(Pause)):  # type: ignore[misc]
    paused = False

    def fill(self) -> None:
        super().fill()
        pausable = Deadline.objects.running().filter(case=self.case, pauses_per_cycle__gt=0)
        row = pausable.filter(pause_maximum__isnull=False).first()
        if row is not None and row.pause_maximum:
            longest = wording.duration(row.pause_maximum)
            words = _("At most {length}. Empty: as long as that.").format(length=longest)
            self.fields["resume_at"].help_text = words
        if row is not None:
            reasons = [(one.value, one.label) for one in PauseReason if one in row.pause_reasons]
            cast(forms.ChoiceField, self.fields["reason"]).choices = reasons


class ResumeForm(_ClockForm, step_form(Resume)):  # type: ignore[misc]
    paused = True


class AttachForm(step_form(Attach)):  # type: ignore[misc]
    """Several files at once: each is a step of its own, all or none are kept."""

    def to_steps(self) -> list[Step]:
        data = self.cleaned_data
        return [Attach(at=data["at"], file=file, caption=data["caption"]) for file in data["file"]]
