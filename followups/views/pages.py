"""The list of customers to ask again, and the week's lessons."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from followups.forms import AttemptForm, SurveyForm
from followups.selectors import due, lessons
from followups.surveying import survey
from objections import steps
from objections.actors import Actor
from objections.errors import Refused
from objections.permissions import WRITE_NOTHING_ROLES
from objections.services.stepping import take_step
from objections.views import refusals
from objections.views.requests import case_or_404, number, person
from objections.vocabulary import AttemptResult, Channel, LinkMedium
from timekeeping import clock

LAST_PAGE = 2000


@require_safe
@never_cache
@login_required
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Whom to ask again: mine, or my teams'."""
    user, now = person(request), clock.now()
    mine = request.GET.get("whose") != "team" and user.role not in WRITE_NOTHING_ROLES
    page = min(max(number(request, "page", 1) or 1, 1), LAST_PAGE)
    context = {
        "due": due.due(user, mine=mine, page=page, now=now),
        "mine": mine,
        "now": now,
        "survey": SurveyForm(),
        "results": AttemptResult.choices,
        "may_write": user.role not in WRITE_NOTHING_ROLES,
    }
    return render(request, "followups/due.html", context)


@require_POST
@login_required
def attempt(request: HttpRequest, reference: str) -> HttpResponse:
    """Record by one tap that we called and did not reach them."""
    found, form = case_or_404(request, reference), AttemptForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what came of the call."))
        return redirect("follow-ups")
    result = AttemptResult(form.cleaned_data["result"])
    step = steps.RecordAttempt(channel=Channel.PHONE, result=result)
    try:
        take_step(found, step, by=Actor.person(person(request)), now=clock.now())
    except Refused as refused:
        refusals.say(request, refused)
    else:
        words = _("{reference}: attempt recorded ({result}).")
        messages.success(request, words.format(reference=reference, result=result.label))
    return redirect("follow-ups")


@require_POST
@login_required
def send_survey(request: HttpRequest) -> HttpResponse:
    """Ask the picked customers by a link, and say which could not be asked, and why."""
    form = SurveyForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, "\n".join(map(str, errors)))
        return redirect("follow-ups")
    picked, medium = form.cleaned_data["pick"], LinkMedium(form.cleaned_data["medium"])
    done = survey(picked, medium, by=person(request), now=clock.now())
    if done.sent:
        sent = ngettext("{count} survey is on its way.", "{count} surveys are on their way.",
                        done.sent)  # fmt: skip
        messages.success(request, sent.format(count=done.sent))
    if done.refused:
        lines = [f"{reference}: {sentence}" for reference, sentence in done.refused]
        messages.warning(request, "\n".join([_("These could not be asked:"), *lines]))
    return redirect("follow-ups")


@require_safe
@login_required
def weekly_lessons(request: HttpRequest) -> HttpResponse:
    """What my teams learned in a week."""
    back = min(number(request, "back", 0) or 0, lessons.WEEKS)
    now = clock.now()
    context = {
        "weeks": lessons.week(person(request), back, now=now),
        "back": back,
        "earlier": back + 1 if back < lessons.WEEKS else None,
        "later": back - 1,
        "now": now,
    }
    return render(request, "followups/lessons.html", context)
