"""Forms of the administration of calendars: hours are typed as people write them."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from timekeeping.calendars import BadCalendar
from timekeeping.calendars.hours import read_windows, read_zone
from timekeeping.models import Calendar, CalendarDay, WeeklyWindow
from timekeeping.public_holidays import PlaceUnknown, check_place

_BETWEEN_WINDOWS = re.compile(r"[,;，；、\n]+")
_BETWEEN_BOUNDS = re.compile(r"\s*(?:[-–—~～]|至)\s*")


class WindowsField(forms.CharField):
    """Windows of a day as text, such as ``09:00–12:00, 13:00–18:00``; empty is a day off."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("required", False)
        given.setdefault("label", _("working hours"))
        given.setdefault("help_text", _("Such as 09:00–12:00, 13:00–18:00. Empty: a day off."))
        given.setdefault("initial", list)
        given["empty_value"] = []
        super().__init__(**given)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list) and all(isinstance(pair, list) for pair in value):
            return ", ".join("–".join(map(str, pair)) for pair in value)
        return value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        spans = [span.strip() for span in _BETWEEN_WINDOWS.split(str(value or ""))]
        try:
            windows = read_windows("windows", [self._pair(span) for span in spans if span])
        except BadCalendar as trouble:
            raise ValidationError(trouble.reason) from trouble
        return [[f"{bound:%H:%M}" for bound in window] for window in windows]

    @staticmethod
    def _pair(span: str) -> list[str]:
        """Split opening and closing, and let people type 9:00 for 09:00."""
        bounds = _BETWEEN_BOUNDS.split(span.replace("：", ":"))
        if len(bounds) != 2:
            words = _("“%(hours)s” are no hours such as 09:00–12:00.")
            raise ValidationError(words % {"hours": span})
        return [f"0{bound}" if re.fullmatch(r"\d:\d\d", bound) else bound for bound in bounds]


class Checked(forms.ModelForm[Any]):
    """A form whose outcome may be refused as a whole, after everything was read."""

    trouble: BadCalendar | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.trouble is not None:
            raise ValidationError(self.trouble.reason)
        cleaned: dict[str, Any] = self.cleaned_data
        return cleaned


class CalendarForm(Checked):
    class Meta:
        model = Calendar
        fields = ("name", "time_zone", "country", "subdivision")

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        try:
            return read_zone(name).key
        except BadCalendar as trouble:
            raise ValidationError(trouble.reason) from trouble

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        country = str(cleaned.get("country", "")).upper()
        subdivision = str(cleaned.get("subdivision", "")).upper()
        if not country and subdivision:
            raise ValidationError({"subdivision": _("A part needs its country.")})
        try:
            if country:
                check_place(country, subdivision)
        except PlaceUnknown as unknown:
            words = _("Nobody here knows the public holidays of %(place)s.")
            raise ValidationError({"country": words % {"place": unknown}}) from unknown
        return cleaned | {"country": country, "subdivision": subdivision}


class WeeklyWindowForm(forms.ModelForm[WeeklyWindow]):
    class Meta:
        model = WeeklyWindow
        fields = ("weekday", "opens", "closes")
        widgets = {
            "opens": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "closes": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }


class CalendarDayForm(Checked):
    windows = WindowsField()

    class Meta:
        model = CalendarDay
        fields = ("calendar", "on", "name", "windows", "is_one_off")
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
