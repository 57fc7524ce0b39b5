"""The form of a chat robot: its address goes in as the chat program shows it, and never out."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.models import Robot, RobotKind
from integrations.chat.addresses import SHOWN_AS, SIGNED, BadAddress, masked, plugin, signed_with


class RobotForm(forms.ModelForm[Robot]):
    """Checks that the address is one of a robot of this chat program. Nothing is sent."""

    webhook = forms.CharField(
        label=_("Address"), max_length=480, required=False,
        widget=forms.TextInput(attrs={"size": 80, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Secret for signing"), max_length=100, required=False,
        help_text=_("DingTalk and Feishu show one where messages have to be signed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    least_level = forms.TypedChoiceField(
        label=_("From level"), coerce=int, initial=1,
        choices=[
            (0, _("0: warnings and new cases too")), (1, _("1: supervisor")),
            (2, _("2: manager")), (3, _("3: duty officer")),
        ],
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label=_("Messages a minute"), min_value=1, max_value=600, initial=20,
        help_text=_("What the chat program takes. WeCom and DingTalk take 20."),
    )  # fmt: skip

    class Meta:
        model = Robot
        fields = (
            "name", "kind", "teams", "language", "time_zone", "least_level", "per_minute",
            "quiet_from", "quiet_until", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["webhook"]
        if self.instance.pk:
            shown = masked(self.instance.address)
            field.help_text = _("It is {address}. Leave this empty to keep it.").format(
                address=shown
            )
        else:
            rows = [(kind.label, SHOWN_AS[kind]) for kind in RobotKind]
            field.help_text = format_html(
                "{}<br>{}",
                _("As the chat program shows it:"),
                format_html_join("", "{}: {}<br>", rows),
            )

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone; Asia/Shanghai is one."))
        return zone

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        begin, end = given.get("quiet_from"), given.get("quiet_until")
        if (begin is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, _("Quiet hours need a beginning and an end, or neither."))
        if "kind" in given and "webhook" in given and "secret" in given:
            self._clean_address(RobotKind(given["kind"]), given["webhook"], given["secret"])
        return given

    def _clean_address(self, kind: RobotKind, webhook: str, secret: str) -> None:
        address = webhook or self.instance.address
        if not address:
            self.add_error("webhook", _("Enter the address of the robot."))
            return
        if secret and kind not in SIGNED:
            self.add_error("secret", _("Only robots of DingTalk and Feishu have one."))
            return
        try:
            whole = signed_with(address, secret) if secret else address
            plugin(Robot(kind=kind, address=whole))
        except (BadAddress, ValueError):
            wrong = _("This is not the address of a robot of {program}. It looks like {shape}")
            self.add_error("webhook", wrong.format(program=kind.label, shape=SHOWN_AS[kind]))
            return
        self.instance.address = whole
