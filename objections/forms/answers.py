"""Telling the customer something: the solution with its options, and answers to questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from objections.demands import open_questions
from objections.errors import Demand
from objections.forms.fields import NO_CHOICE, MomentField, TextField
from objections.forms.inviting import Inviting
from objections.forms.steps import StepForm, step_form
from objections.models import Question
from objections.selectors.answering import root_causes
from objections.steps import (
    CarryOut,
    CommunicateSolution,
    OptionOffered,
    Promised,
    QuestionAnswered,
    Reply,
    Step,
)

OPTION_ROWS = 3
PROMISE_ROWS = 1
MOST_ROWS = 9


class OptionForm(forms.Form):
    """One way out. A row that is left empty is no option."""

    title = forms.CharField(label=gettext_lazy("In one line"), max_length=200)
    benefit = TextField(label=gettext_lazy("Benefit"), required=False, rows=2)
    drawback = TextField(label=gettext_lazy("Drawback"), required=False, rows=2)
    hours = forms.DecimalField(
        label=gettext_lazy("Takes, in hours"), required=False, min_value=0, max_value=20_000,
        decimal_places=1,
    )  # fmt: skip
    cost = forms.DecimalField(
        label=gettext_lazy("Cost"), required=False, min_value=0, max_digits=12, decimal_places=2
    )

    def offered(self) -> OptionOffered:
        data = self.cleaned_data
        hours = data["hours"]
        return OptionOffered(
            title=data["title"], benefit=data["benefit"], drawback=data["drawback"],
            duration=timedelta(hours=float(hours)) if hours else None, cost=data["cost"],
        )  # fmt: skip


class PromiseForm(forms.Form):
    """One promise made with the solution. A row that is left empty is none."""

    what = forms.CharField(label=gettext_lazy("What exactly will be done"), max_length=1000)
    due_at = MomentField(label=gettext_lazy("By when"))

    def promised(self) -> Promised:
        return Promised(what=self.cleaned_data["what"], due_at=self.cleaned_data["due_at"])


_RowSet = BaseFormSet[Any]
Options = formset_factory(
    OptionForm, extra=OPTION_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS * 2, validate_max=True
)
Promises = formset_factory(
    PromiseForm, extra=PROMISE_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS * 2,
    validate_max=True,
)  # fmt: skip


class QuestionRow:
    """One open question of the customer, and the three fields that answer it or put it off."""

    def __init__(self, form: StepForm, question: Question) -> None:
        self.form, self.question = form, question
        self.names = [f"answer_{question.number}", f"reason_{question.number}",
                      f"answer_due_{question.number}"]  # fmt: skip

    def add_fields(self) -> None:
        answer, reason, due = self.names
        number = self.question.number
        self.form.fields[answer] = TextField(
            label=_("Answer to question {number}").format(number=number), required=False, rows=2
        )
        self.form.fields[reason] = TextField(
            label=_("Why it cannot be answered yet"), required=False, rows=2
        )
        self.form.fields[due] = MomentField(label=_("By when it will be answered"), required=False)

    @property
    def answer(self) -> BoundField:
        return self.form[self.names[0]]

    @property
    def reason(self) -> BoundField:
        return self.form[self.names[1]]

    @property
    def due(self) -> BoundField:
        return self.form[self.names[2]]

    @property
    def is_put_off(self) -> bool:
        """True where the fields of a put-off answer are in use, and so must be open."""
        rows = (self.reason, self.due)
        return any(row.value() or row.errors for row in rows)

    def answered(self) -> QuestionAnswered | None:
        answer, reason, due_at = (self.form.cleaned_data[name] for name in self.names)
        if not (answer or reason or due_at):
            return None
        return QuestionAnswered(
            question=self.question.number, answer=answer, reason=reason, due_at=due_at
        )


class _Answering:
    """A form that lists the customer's open questions."""

    questions: list[QuestionRow]

    def fill(self) -> None:
        super().fill()  # type: ignore[misc]
        form: Any = self
        self.questions = [QuestionRow(form, one) for one in open_questions(form.case)]
        for row in self.questions:
            row.add_fields()

    def answers(self) -> tuple[QuestionAnswered, ...]:
        given = (row.answered() for row in self.questions)
        return tuple(one for one in given if one is not None)

    def place(self, demand: Demand) -> str | None:
        form: Any = self
        number = demand.params.get("number")
        if demand.field == "answers" and f"answer_{number}" in form.fields:
            return f"answer_{number}"
        placed: str | None = super().place(demand)  # type: ignore[misc]
        return placed

    @property
    def main(self) -> list[BoundField]:
        own = {name for row in self.questions for name in row.names}
        rest: list[BoundField] = super().main  # type: ignore[misc]
        return [one for one in rest if one.name not in own]


class ReplyForm(_Answering, step_form(Reply)):  # type: ignore[misc]
    def to_steps(self) -> list[Step]:
        step = self.to_step()
        return [replace(step, answers=self.answers())]


class SolutionForm(_Answering, Inviting, step_form(CommunicateSolution)):  # type: ignore[misc]
    """Cause, options, answers and promises; in a short matter the choice and the result too."""

    carried_out = TextField(
        label=gettext_lazy("Already carried out: what shows that the customer saw the result"),
        required=False, rows=2,
    )  # fmt: skip
    options: _RowSet
    promises: _RowSet

    def fill(self) -> None:
        super().fill()
        data = self.data if self.is_bound else None
        self.options = Options(data, prefix="options")
        self.promises = Promises(data, prefix="promises")
        self.fields["message"].widget.attrs["rows"] = 10
        self.fields["cause"].required = False
        self.fields["cause"].initial = "\n".join(root_causes(self.case))
        self.fields["cause_category"].initial = self.case.cause_category or None
        rows = range(1, max(self.options.total_form_count(), OPTION_ROWS) + 1)
        pattern = _("Option {number}")
        numbered = [(str(n), pattern.format(number=n)) for n in rows]
        self.fields["chosen"].choices = [NO_CHOICE, *numbered]
        self.fields["chosen"].widget.attrs["data-pattern"] = pattern

    def is_valid(self) -> bool:
        rows_are = [self.options.is_valid(), self.promises.is_valid()]
        return super().is_valid() and all(rows_are)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for rows in (self.options, self.promises):
            if not rows.is_valid():
                for error in rows.non_form_errors() or [_("Look at the rows that are marked.")]:
                    self.add_error(None, error)
        if self.options.is_valid() and data.get("chosen") and self._chosen() is None:
            self.add_error("chosen", _("This option is empty."))
        if data.get("carried_out") and not data.get("chosen"):
            self.add_error("chosen", _("Say which option they chose."))
        return data

    def _filled(self) -> list[tuple[int, Any]]:
        numbered = enumerate(self.options.forms, start=1)
        return [(number, row) for number, row in numbered if row.cleaned_data.get("title")]

    def _chosen(self) -> int | None:
        """Return the place of the chosen row among the rows that are filled in."""
        numbers = [number for number, _row in self._filled()]
        chosen = self.cleaned_data.get("chosen")
        return numbers.index(chosen) + 1 if chosen in numbers else None

    def to_steps(self) -> list[Step]:
        data = self.cleaned_data
        step = replace(
            self.to_step(),
            options=tuple(row.offered() for _number, row in self._filled()),
            chosen=self._chosen(),
            answers=self.answers(),
            commitments=tuple(
                row.promised() for row in self.promises.forms if row.cleaned_data.get("what")
            ),
        )
        taken: list[Step] = [step]
        if data["carried_out"]:
            taken.append(CarryOut(at=data["at"], proof=data["carried_out"]))
        return self.invited(taken)

    def place(self, demand: Demand) -> str | None:
        if demand.field in ("options", "commitments"):
            return None
        return super().place(demand)
