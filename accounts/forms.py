from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Theme


class SignInForm(AuthenticationForm):
    """Name and password, in words that do not tell which of the two was wrong."""

    error_messages = {
        "invalid_login": _("Name and password do not match. Both are case-sensitive."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")


class PreferencesForm(forms.Form):
    """One or more preferences; what is not named stays as it is."""

    language = forms.ChoiceField(choices=Language, required=False)
    theme = forms.ChoiceField(choices=Theme, required=False)
    present = forms.ChoiceField(choices=[("1", "1"), ("0", "0")], required=False)
