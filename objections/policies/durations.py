"""The form field of a length of time: "15 min", "24 h", "3 d", "-5 min"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from objections.policies import lengths


class DurationField(forms.DurationField):
    """A length of time in words, or as ``HH:MM:SS`` or ISO 8601. Keeps what was typed."""

    default_error_messages = {
        "invalid": _("Say a length of time with its unit, such as 15 min, 24 h or 3 d."),
        "overflow": _("This length of time is out of range."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"size": 10}))
        options.setdefault("help_text", _("Such as 15 min, 24 h, 3 d."))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return lengths.words(value) if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> timedelta | None:
        if value in self.empty_values:
            return None
        if isinstance(value, timedelta):
            return value
        try:
            found = lengths.parse(str(value))
        except OverflowError as error:
            raise ValidationError(self.error_messages["overflow"], code="overflow") from error
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
