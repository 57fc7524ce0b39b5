"""A person's own quiet hours: between these two times of day, mail that can wait does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from integrations.quiet import keep_quiet


class QuietHoursForm(forms.Form):
    """Two times of day, or none. They may run over midnight."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        begin, end = given["quiet_from"], given["quiet_until"]
        if (begin is None) != (end is None):
            missing = "quiet_until" if end is None else "quiet_from"
            self.add_error(missing, _("Quiet hours need a beginning and an end, or neither."))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("This is when they begin. Choose another time."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """Show the quiet hours of the person, and change them."""
    user = request.user
    assert isinstance(user, User)
    now = {"quiet_from": user.quiet_from, "quiet_until": user.quiet_until}
    form = QuietHoursForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        keep_quiet(user, form.cleaned_data["quiet_from"], form.cleaned_data["quiet_until"])
        messages.success(request, gettext("Saved."))
        return redirect("quiet-hours")
    return render(request, "integrations/quiet_hours.html", {"form": form})
