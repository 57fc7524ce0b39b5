"""Writing on a worksheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from objections.forms.fields import TextField
from objections.models import Worksheet
from objections.sheets import ELEMENTS, Element
from objections.vocabulary import SheetKind


@dataclass(frozen=True, slots=True)
class Row:
    """An element with its field, and what stands there now where that is another text."""

    element: Element
    bound: BoundField
    other: str = ""


class SheetForm(forms.Form):
    """A field for each element of a sheet; all of them may stay empty."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kind: SheetKind, sheet: Worksheet | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.kind, self.sheet = kind, sheet
        stored = sheet.entries if sheet else {}
        for element in ELEMENTS[kind]:
            self.fields[element.name] = TextField(
                label=element.title, help_text=element.question, required=False, rows=3,
                initial=stored.get(element.name, ""),
            )  # fmt: skip

    @property
    def current_version(self) -> int:
        """The version that what is sent next has been read at: both texts stood beside it."""
        return self.sheet.version if self.sheet else 0

    @property
    def entries(self) -> dict[str, str]:
        return {one.name: self.cleaned_data[one.name] for one in ELEMENTS[self.kind]}

    @property
    def rows(self) -> list[Row]:
        """The elements; beside what was typed stands what another has written since."""
        stored = self.sheet.entries if self.sheet else {}
        return [
            Row(one, self[one.name], self._other(one.name, stored.get(one.name, "")))
            for one in ELEMENTS[self.kind]
        ]

    def _other(self, name: str, stored: str) -> str:
        typed = str(self.data.get(name, "")).replace("\r\n", "\n").strip()
        return stored if self.is_bound and stored != typed else ""
