"""The sandbox clock: it makes 15 minutes pass in a second, with all that happens in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from integrations.delivery import deliver
from objections.deadlines import sweeping
from timekeeping import clock
from timekeeping.wording import duration

FARTHEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class SandboxState:
    """Where the sandbox clock stands, and what the last push made happen."""

    now: datetime
    offset: timedelta
    rang: int = 0
    mails: int = 0


def state() -> SandboxState:
    """Return where the clock stands. Refuses a system whose clock is real (SandboxIsOff)."""
    if not settings.CASETRACK_SANDBOX:
        raise clock.SandboxIsOff
    return SandboxState(clock.now(), clock.offset())


def advance(by: timedelta) -> SandboxState:
    """Move the sandbox clock forward, ring all that falls due, and hand out the mails.

    When it answers nothing is due any more. Refuses what ``timekeeping.clock.advance``
    refuses, and a push of more than 31 days (ValueError).
    """
    if by > FARTHEST:
        raise ValueError("farther than 31 days at once")
    offset = clock.advance(by)
    rang = sweeping.drain(clock.now)
    mails = deliver(clock.now)
    return SandboxState(clock.now(), offset, rang, mails)


class AdvanceForm(forms.Form):
    """``advance`` is an ISO 8601 duration such as PT15M."""

    HOW = _("Say how far, as in PT15M: more than nothing, at most 31 days.")

    advance = forms.DurationField(error_messages={"required": HOW, "invalid": HOW, "overflow": HOW})

    def clean_advance(self) -> timedelta:
        by: timedelta = self.cleaned_data["advance"]
        if not timedelta(0) < by <= FARTHEST:
            raise forms.ValidationError(self.HOW)
        return by


@require_POST
@login_required
def advance_view(request: HttpRequest) -> HttpResponse:
    """The buttons of the sandbox bar. Where the clock is real there is no such page."""
    if not settings.CASETRACK_SANDBOX:
        raise Http404
    form = AdvanceForm(request.POST)
    if form.is_valid():
        moved = advance(form.cleaned_data["advance"])
        messages.success(request, _told(form.cleaned_data["advance"], moved))
    else:
        messages.error(request, " ".join(str(one) for one in form.errors["advance"]))
    return redirect(_back(request))


def _told(by: timedelta, moved: SandboxState) -> str:
    first = gettext("The clock moved on by {length}").format(length=duration(by))
    rang = ngettext("{count} alarm rang", "{count} alarms rang", moved.rang)
    mails = ngettext("{count} e-mail left", "{count} e-mails left", moved.mails)
    return f"{first}\n{rang.format(count=moved.rang)} · {mails.format(count=moved.mails)}"


def _back(request: HttpRequest) -> str:
    """Return the page that the button stood on, if it is one of ours."""
    url = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure()):
        return url
    return "desk"
