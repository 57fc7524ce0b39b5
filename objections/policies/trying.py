"""The form of the simulator: a case that nobody opened, at a moment of a team's own day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from customers.models import Product, Tier
from objections.deadlines.reckoning import Span
from objections.forms.fields import MomentField
from objections.models import Policy
from objections.policies import durations, rows
from objections.policies.saying import next_friday
from objections.policies.simulating import Question, zone_of
from objections.vocabulary import Kind, Promise, Urgency

FROM_THE_START = [
    Promise.ACKNOWLEDGEMENT, Promise.RESPONSE, Promise.PROGRESS_UPDATE, Promise.FOLLOW_UP,
]  # fmt: skip
PAUSES = (1, 2)


class PauseField(durations.DurationField):
    """How long a pause lasts."""

    def clean(self, value: Any) -> timedelta | None:
        length: timedelta | None = super().clean(value)
        if length is not None and not timedelta(0) < length <= rows.LONGEST:
            raise forms.ValidationError(self.error_messages["overflow"], code="overflow")
        return length


class SimulatorForm(forms.Form):
    """Asks what a policy would do. Moments are typed in the zone of the chosen team."""

    policy = forms.ModelChoiceField(
        Policy.objects.order_by("name", "-version"), label=_("Policy"), empty_label=None
    )
    kind = forms.ChoiceField(choices=Kind, label=_("Kind"), initial=Kind.COMPLAINT)
    urgency = forms.ChoiceField(choices=Urgency, label=_("Urgency"), initial=Urgency.NORMAL)
    tier = forms.ChoiceField(choices=Tier, label=_("Customer tier"), initial=Tier.STANDARD)
    team = forms.ModelChoiceField(
        Team.objects.select_related("calendar", "supervisor", "manager", "duty_officer"),
        label=_("Team"), required=False, empty_label=_("none yet"),
    )  # fmt: skip
    product = forms.ModelChoiceField(
        Product.objects.all(), label=_("Product"), required=False, empty_label=_("none")
    )
    start = MomentField(label=_("Opened at"))
    promises = forms.MultipleChoiceField(
        choices=Promise, label=_("Promises"), widget=forms.CheckboxSelectMultiple,
        initial=FROM_THE_START,
    )  # fmt: skip
    own_due = MomentField(
        label=_("Commitment due at"), required=False,
        help_text=_("A commitment brings its own due time."),
    )  # fmt: skip
    pause_1_from = MomentField(label=_("Paused from"), required=False)
    pause_1_for = PauseField(label=_("for"), required=False)
    pause_2_from = MomentField(label=_("Paused again from"), required=False)
    pause_2_for = PauseField(label=_("for"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, now: datetime) -> None:
        self.zone = _zone(data)
        friday = next_friday(now, self.zone).astimezone(ZoneInfo(self.zone))
        current = Policy.objects.filter(in_force=True).first()
        super().__init__(data, initial={"start": friday.replace(tzinfo=None), "policy": current})

    def full_clean(self) -> None:
        """Read the moments in the team's zone."""
        with timezone.override(self.zone):
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        super().clean()
        given: dict[str, Any] = self.cleaned_data
        start = given.get("start")
        if Promise.COMMITMENT in given.get("promises", []):
            self._check_own_due(start, given.get("own_due"))
        for number in PAUSES:
            self._check_pause(start, f"pause_{number}_from", f"pause_{number}_for")
        return given

    def _check_own_due(self, start: datetime | None, due: datetime | None) -> None:
        if due is None and "own_due" not in self.errors:
            self.add_error("own_due", _("Say when the commitment is due."))
        elif start is not None and due is not None and due <= start:
            self.add_error("own_due", _("This is before the case is opened."))

    def _check_pause(self, start: datetime | None, begins: str, lasts: str) -> None:
        at, length = self.cleaned_data.get(begins), self.cleaned_data.get(lasts)
        if at is not None and length is None and lasts not in self.errors:
            self.add_error(lasts, _("Say how long the pause lasts."))
        if length is not None and at is None and begins not in self.errors:
            self.add_error(begins, _("Say when the pause begins."))
        if at is not None and start is not None and at < start:
            self.add_error(begins, _("This is before the case is opened."))

    def question(self) -> Question:
        """Return what was asked; only after ``is_valid``."""
        given = self.cleaned_data
        paused: list[Span] = []
        for number in PAUSES:
            at = given.get(f"pause_{number}_from")
            if at is not None:
                paused.append((at, at + given[f"pause_{number}_for"]))
        return Question(
            kind=given["kind"], urgency=given["urgency"], tier=given["tier"], team=given["team"],
            product=given["product"], start=given["start"], paused=paused,
            promises=[Promise(name) for name in given["promises"]], own_due=given["own_due"],
        )  # fmt: skip


def _zone(data: Mapping[str, Any] | None) -> str:
    typed = str((data or {}).get("team") or "")
    team = None
    if typed.isdecimal() and len(typed) < 10:
        team = Team.objects.select_related("calendar").filter(pk=int(typed)).first()
    return zone_of(team, settings.TIME_ZONE)
