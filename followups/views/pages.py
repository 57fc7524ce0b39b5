"""The list of customers to ask again, and the week's lessons."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
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
from objections.permissions import may_open
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
    mine, page = _asked(request)
    found = due.due(user, mine=mine, page=page, now=now)
    if page > 1 and not found.rows:
        return redirect(_address(mine, 1))
    context = {
        "due": found,
        "mine": mine,
        "here": _query(mine, page),
        "now": now,
        "survey": SurveyForm(),
        "results": AttemptResult.choices,
        "may_write": may_open(user),
    }
    return render(request, "followups/due.html", context)


@require_POST
@login_required
def attempt(request: HttpRequest, reference: str) -> HttpResponse:
    """Record by one tap that we called and did not reach them."""
    found, form = case_or_404(request, reference), AttemptForm(request.POST)
    back = redirect(_address(*_asked(request)))
    if not form.is_valid():
        messages.error(request, _("Say what came of the call."))
        return back
    result, version = AttemptResult(form.cleaned_data["result"]), form.cleaned_data["version"]
    step = steps.RecordAttempt(channel=Channel.PHONE, result=result)
    by, now = Actor.person(person(request)), clock.now()
    try:
        take_step(found, step, by=by, now=now, expected_version=version)
    except Refused as refused:
        refusals.say(request, refused)
    else:
        words = _("{reference}: attempt recorded ({result}).")
        messages.success(request, words.format(reference=reference, result=result.label))
    return back


@require_POST
@login_required
def send_survey(request: HttpRequest) -> HttpResponse:
    """Ask the picked customers by a link, and say which could not be asked, and why."""
    form, back = SurveyForm(request.POST), redirect(_address(*_asked(request)))
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, "\n".join(map(str, errors)))
        return back
    picked, medium = form.cleaned_data["pick"], LinkMedium(form.cleaned_data["medium"])
    done = survey(picked, medium, by=person(request), now=clock.now())
    if done.sent:
        sent = ngettext("{count} survey is on its way.", "{count} surveys are on their way.",
                        done.sent)  # fmt: skip
        messages.success(request, sent.format(count=done.sent))
    if done.refused:
        lines = [f"{reference}: {sentence}" for reference, sentence in done.refused]
        messages.warning(request, "\n".join([_("These could not be asked:"), *lines]))
    return back


def _asked(request: HttpRequest) -> tuple[bool, int]:
    """Return whether only one's own cases are asked for, and which page."""
    mine = request.GET.get("whose") != "team" and may_open(person(request))
    return mine, min(max(number(request, "page", 1) or 1, 1), LAST_PAGE)


def _query(mine: bool, page: int) -> str:
    return urlencode({"whose": "mine" if mine else "team", "page": page})


def _address(mine: bool, page: int) -> str:
    return f"{reverse('follow-ups')}?{_query(mine, page)}"


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
