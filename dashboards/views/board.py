"""The escalation board: seeing, taking, giving to somebody else."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from dashboards import assigning
from dashboards.selectors import board, scope
from dashboards.selectors.lanes import hours
from dashboards.views import requests
from objections.actors import Actor
from objections.errors import FieldInvalid, Refused
from objections.models import Escalation
from objections.permissions import visible_to
from objections.services import escalations
from timekeeping import clock

MOST = 400
LONG_AGO = timedelta(hours=12)
AT_LEAST = QUARTER = timedelta(minutes=15)


class TimeOfDay(forms.TimeField):
    """A time as people type it: 11:00, 11.00, 1100, or with a Chinese colon."""

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            value = value.strip().replace("：", ":").replace(".", ":")
        return super().to_python(value)


class TakeForm(forms.Form):
    """``by`` is a time of day in the person's zone: the next one, unless it has just passed."""

    next_step = forms.CharField(label=gettext_lazy("Your next step"), max_length=300)
    by = TimeOfDay(label=gettext_lazy("By"), input_formats=["%H:%M", "%H%M"])

    def until(self, now: datetime) -> datetime:
        """Return the moment that was meant. Just after noon, "08:00" is tomorrow morning."""
        at: time = self.cleaned_data["by"]
        local = timezone.localtime(now)
        meant = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        return meant + timedelta(days=1) if local - meant > LONG_AGO else meant


def suggested(now: datetime) -> str:
    """Return the quarter of an hour that is at least as far away: 11:00 at 10:42."""
    soon = timezone.localtime(now) + AT_LEAST
    hour = soon.replace(minute=0, second=0, microsecond=0)
    quarters = -(-(soon - hour) // QUARTER)
    return f"{hour + quarters * QUARTER:%H:%M}"


@require_safe
@never_cache
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The board. Asked again by the page itself, it sends only the parts that changed."""
    context = _context(request)
    facts = board.facts(context["board"])
    prints = {name: requests.fingerprint(*said) for name, said in facts.items()}
    return requests.live(request, "dashboards/board.html", context, prints)


def _context(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    shown = requests.number(request, "shown", board.SHOWN, most=MOST)
    page = board.show(requests.person(request), now=now, shown=shown)
    return {
        "board": page,
        "now": now,
        "hours": hours(now),
        "suggested": suggested(now),
        "shown": shown,
        "more": min(shown * 4, MOST),
    }


@require_POST
@login_required
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an escalation. What is refused comes back with what was typed, and says why."""
    user = requests.person(request)
    wanted = Escalation.objects.filter(case__in=visible_to(user)).select_related("case")
    escalation = get_object_or_404(wanted, pk=pk)
    form, now = TakeForm(request.POST), clock.now()
    if form.is_valid():
        try:
            escalations.take(
                escalation, by=Actor.person(user), next_step=form.cleaned_data["next_step"],
                until=form.until(now), now=now,
            )  # fmt: skip
        except FieldInvalid as refusal:
            field = "by" if refusal.field == "until" else refusal.field
            form.add_error(field, refusal.sentence)
        except Refused as refusal:
            form.add_error(None, assigning.sentence(refusal))
        else:
            messages.success(request, _("You have taken %s.") % escalation.case.reference)
            return redirect("board")
    context = {**_context(request), "refused": form, "refused_pk": pk, "prints": {}}
    open_forms = {one.escalation.pk for one in context["board"].untaken if one.may_take}
    context["gone"] = pk not in open_forms
    return render(request, "dashboards/board.html", context, status=409)


class ReassignForm(forms.Form):
    """``case`` is a reference, ``to`` a colleague of the teams that one sees."""

    case = forms.CharField(max_length=16)
    to = forms.ModelChoiceField(queryset=User.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelChoiceField(queryset=scope.colleagues(user))


@require_POST
@login_required
def reassign(request: HttpRequest) -> HttpResponse:
    """Give a case to somebody else of the team, from the board."""
    user = requests.person(request)
    form = ReassignForm(request.POST, user=user)
    if not form.is_valid():
        messages.error(request, _("Say which case, and who gets it."))
        return redirect("board")
    reference, to = form.cleaned_data["case"], form.cleaned_data["to"]
    done = assigning.assign([reference], to, by=user, now=clock.now())
    for name, sentence in done.refused:
        messages.warning(request, f"{name}: {sentence}")
    if done.given:
        words = _("{reference} now belongs to {name}")
        messages.success(request, words.format(reference=reference, name=to))
    return redirect("board")
