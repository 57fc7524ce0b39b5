"""Controls that the forms of this room share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise as Lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from timekeeping.fields import MomentField as MomentField

LONGEST_TEXT = 20_000
MOST_TICKED = 200


class TextField(forms.CharField):
    """People's own words, as long as they like within reason."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        options.setdefault("max_length", LONGEST_TEXT)
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)


class LinesWidget(forms.Widget):
    """One input a line, and an empty one for the next. A script adds more on Enter."""

    def __init__(self, *, placeholder: str | Lazy = "", blank: int = 1) -> None:
        super().__init__()
        self.placeholder, self.blank = placeholder, blank

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> list[str]:
        if isinstance(data, MultiValueDict):
            return [str(value) for value in data.getlist(name)]
        found = data.get(name, [])
        return [found] if isinstance(found, str) else list(found)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        lines = [line for line in value or [] if str(line).strip()]
        ident = (attrs or {}).get("id", f"id_{name}")
        described = (attrs or {}).get("aria-describedby", "")
        rows = [*lines, *[""] * self.blank]
        items = format_html_join(
            "",
            '<li class="d-flex gap-2 align-items-center" data-line>'
            '<span class="text-secondary tnum fs-meta" aria-hidden="true" data-number>{}</span>'
            '<input class="form-control" type="text" name="{}" id="{}" value="{}"'
            ' aria-label="{}" placeholder="{}" maxlength="2000" aria-describedby="{}"></li>',
            (
                (
                    number,
                    name,
                    ident if number == 1 else f"{ident}_{number}",
                    line,
                    _("Question {number}").format(number=number),
                    "" if line else self.placeholder,
                    described,
                )
                for number, line in enumerate(rows, start=1)
            ),
        )
        return format_html(
            '<ol class="list-unstyled d-flex flex-column gap-2 mb-0" data-rows>{}</ol>', items
        )


class LinesField(forms.Field):
    """Several lines, each one of a list. Cleans to a tuple without the empty ones."""

    def __init__(self, *, placeholder: str | Lazy = "", most: int = 30, **options: Any) -> None:
        self.most = most
        options.setdefault("widget", LinesWidget(placeholder=placeholder))
        super().__init__(**options)

    def clean(self, value: Sequence[str] | None) -> tuple[str, ...]:
        lines = tuple(line.strip() for line in value or () if line.strip())
        if self.required and not lines:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(lines) > self.most:
            message = _("At most {count} lines.").format(count=self.most)
            raise forms.ValidationError(message, code="too_many")
        for line in lines:
            ProhibitNullCharactersValidator()(line)
            if len(line) > 2000:
                raise forms.ValidationError(_("One of the lines is too long."), code="too_long")
        return lines


class FilesInput(forms.FileInput):
    """Chooses several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files. Cleans to a list, which may be empty where it is not required."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", FilesInput())
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        if not any(files):
            return [] if not self.required else super().clean(None, initial)
        return [super(FilesField, self).clean(one, initial) for one in files]


class OneLineField(forms.CharField):
    """A short text. Line breaks that come with a paste become spaces."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").splitlines())


NO_CHOICE = ("", gettext_lazy("— choose —"))


class ReferencesField(forms.Field):
    """The references of the cases that were ticked in a list; at most 200 at once."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: list[str] | None) -> list[str]:
        return [one.replace("\x00", "")[:16] for one in value or ()][:MOST_TICKED]
