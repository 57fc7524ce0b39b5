"""The eight ways to meet a customer: at a case, and all of them to read."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from knowledge import playbooks
from knowledge.permissions import keeps
from objections import permissions
from objections.actors import Actor
from objections.errors import Refused
from objections.models import Case
from objections.selectors.case_clocks import clocks_of
from objections.services.changing import describe
from objections.services.records import read_restricted
from objections.views import refusals
from objections.views.requests import case_or_404, person
from objections.vocabulary import Action, CustomerStyle
from timekeeping import clock


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the card of each style."""
    shown = playbooks.cards(get_language() or "en")
    context = {"cards": shown, "keeps": keeps(person(request))}
    return render(request, "knowledge/playbooks.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def of_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the card of a case's style, or the styles to choose from; a POST sets the style."""
    case, user = case_or_404(request, reference), person(request)
    if request.method == "POST":
        return _set(request, case, user)
    part = request.headers.get("HX-Request") == "true"
    if not part:
        read_restricted(case, user, now=clock.now())
    context = _context(case, user, version=request.GET.get("version", ""))
    name = "knowledge/playbook_card.html" if part else "knowledge/playbook_page.html"
    return render(request, name, context)


def _set(request: HttpRequest, case: Case, user: User) -> HttpResponse:
    style, version = request.POST.get("style", ""), request.POST.get("version", "")
    now = clock.now()
    up_to_date = version == str(case.version)
    if style and style not in CustomerStyle.values:
        messages.error(request, _("There is no such style."))
        return _back(request, case)
    try:
        describe(case, {"style": style}, by=Actor.person(user), now=now)
    except Refused as refused:
        refusals.say(request, refused)
        return _back(request, case)
    if request.headers.get("HX-Request") != "true":
        return _back(request, case)
    context = _context(case, user, version=str(case.version) if up_to_date else version)
    context |= _fresh(case, now) if up_to_date else {}
    return render(request, "knowledge/playbook_card.html", {**context, "chosen_now": True})


def _back(request: HttpRequest, case: Case) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        return redirect("case", case.reference)
    return HttpResponse(headers={"HX-Redirect": reverse("case", args=[case.reference])})


def _fresh(case: Case, now: datetime) -> dict[str, object]:
    """Return what lets the open page go on from its own change, as if it had been loaded now."""
    last = case.events.order_by("-pk").values_list("pk", flat=True).first()
    clocks = clocks_of(case, now, list(case.deadlines.all()))
    return {"fresh": True, "now": now, "last_event": last or 0, "clocks": clocks}


def _context(case: Case, user: User, *, version: str) -> dict[str, object]:
    language = get_language() or "en"
    may_set = permissions.may(user, Action.NOTE, case)
    return {
        "case": case,
        "card": playbooks.card_of(case.style, language) if case.style else None,
        "hints": playbooks.hints(language) if may_set else [],
        "may_set": may_set,
        "version": version,
    }
