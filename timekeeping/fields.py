"""The control for a moment, which the forms of all rooms share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Years outside of these are slips of the keyboard."""


class MomentField(forms.DateTimeField):
    """A moment to the minute, typed in the person's own zone. Cleans to an aware datetime."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget",
            forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str) and "\0" in value:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            moment = super().to_python(value)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment
