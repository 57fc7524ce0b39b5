"""The page of a case, and the parts of it that keep themselves up to date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from objections import demands, notices
from objections.forms import beginnings, beside, words
from objections.forms.choosing import form_class
from objections.forms.steps import StepForm
from objections.models import Case
from objections.permissions import visible_to
from objections.selectors import case_page, timelines, work_tabs
from objections.selectors.case_clocks import clocks_of
from objections.selectors.case_page import CasePage
from objections.selectors.work_tabs import Offer
from objections.services.records import read_restricted
from objections.views.refusals import Refusal
from objections.views.requests import case_or_404, number, person
from objections.vocabulary import Action, SheetKind
from timekeeping import clock

MORE = "more"
TEMPLATES = {
    Action.COMMUNICATE_SOLUTION: "objections/forms/solution.html",
    Action.REPLY: "objections/forms/reply.html",
    Action.ACKNOWLEDGE: "objections/forms/acknowledge.html",
    Action.NOTE: "objections/forms/note.html",
    Action.ATTACH: "objections/forms/attach.html",
    Action.MERGE: "objections/forms/merge.html",
    Action.CHOOSE: "objections/forms/choose.html",
    Action.REFUSE_DEMAND: "objections/forms/refuse_demand.html",
}
PLAIN = "objections/forms/step.html"


@login_required
@require_safe
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a case. Opening a restricted one leaves a trace."""
    found = case_or_404(request, reference)
    now = clock.now()
    read_restricted(found, person(request), now=now)
    notices.see_case(person(request), found, now=now)
    begin = request.GET.get("template", "")
    return show(request, found, now, do=request.GET.get("do", ""), begin=begin)


@login_required
@require_safe
def live(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer the page's own question: how do the clocks stand, and did somebody change this?"""
    found = case_or_404(request, reference)
    now = clock.now()
    seen = number(request, "version")
    context = {
        "case": found,
        "now": now,
        "clocks": clocks_of(found, now, list(found.deadlines.all())),
        "changed": seen is not None and seen != found.version,
        "changes": timelines.changes_since(
            found, number(request, "seen"), now, seen=visible_to(person(request))
        )[:3],
    }
    return render(request, "objections/case/live.html", context)


@login_required
@require_safe
def timeline(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a part of the timeline alone: a filter, or the next page."""
    found = case_or_404(request, reference)
    now = clock.now()
    context = {"case": found, "now": now, "timeline": _timeline(request, found, now)}
    return render(request, "objections/case/timeline.html", context)


def _timeline(request: HttpRequest, found: Case, now: datetime) -> timelines.Timeline:
    shown, page = request.GET.get("show", "all"), number(request, "page", 1) or 1
    seen = visible_to(person(request))
    return timelines.timeline_of(found, now, seen=seen, shown=shown, page=min(page, 10_000))


def show(
    request: HttpRequest,
    found: Case,
    now: datetime,
    *,
    do: str = "",
    begin: str = "",
    form: Any = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Render the whole page, with one form of the case's work open.

    ``form`` is what was typed and refused; then the page's status says so, and what
    others did since the form was opened stands beside it. ``begin`` is the key of the
    beginning that a form is opened with.
    """
    page = case_page.of(found, person(request), now)
    offer = work_tabs.offer(page)
    context = {
        "page": page,
        "case": found,
        "now": now,
        "case_moments": page.moments,
        "clocks": page.clocks,
        "timeline": _timeline(request, found, now),
        "refusal": refusal,
        "changes": _changes(page, form, refusal),
        **_work(page, offer, do, form, begin, request.GET),
    }
    status = refusal.status if refusal else 200
    return render(request, "objections/case.html", context, status=status)


def _changes(page: CasePage, form: Any, refusal: Refusal | None) -> list[timelines.Entry]:
    if refusal is None or not refusal.is_stale:
        return []
    since, seen = form.cleaned_data.get("seen"), visible_to(page.user)
    return timelines.changes_since(page.case, since, page.now, seen=seen)


def _work(
    page: CasePage, offer: Offer, do: str, form: Any, begin: str, asked: Mapping[str, str]
) -> dict[str, Any]:
    """Return the tabs of the work card and the one form that is open.

    A form that was refused stays open, also where its step is not offered any more.
    """
    chosen = do if form is not None else _chosen(page, offer, do)
    action = Action(chosen) if chosen in Action.values else None
    if form is None and action is not None:
        numbers = beside.chosen_numbers(asked)
        form = form_class(action)(case=page.case, user=page.user, initial=numbers)
        beginnings.begin(form, action, begin, now=page.now)
    if form is None and chosen in beside.TEMPLATES:
        form = beside.form_of(chosen, page.case, asked)
    return {
        "offer": offer,
        "tabs": [(one.value, words.TABS.get(one, one.label)) for one in offer.tabs],
        "others": [(one.value, one.label) for one in offer.others],
        "do": chosen,
        "asked": bool(do),
        "form": form,
        "form_template": TEMPLATES.get(action, PLAIN) if action else "",
        "submit": words.SUBMIT.get(action, "") if action else "",
        "missing": _missing(page, action, form),
        "beside_template": beside.TEMPLATES.get(chosen, ""),
        "sheet_kinds": SheetKind.choices,
    }


def _chosen(page: CasePage, offer: Offer, do: str) -> str:
    """Return which form is open: the one asked for, else the next step's, else the first."""
    if do == MORE and offer.others:
        return MORE
    if do in offer.beside:
        return do
    if do in [action.value for action in offer.everything]:
        return do
    if page.next is not None and page.next.action in offer.everything:
        return page.next.action.value
    return offer.tabs[0].value if offer.tabs else ""


def _missing(page: CasePage, action: Action | None, form: Any) -> list[str]:
    """Return what the case itself still lacks for this step and this form cannot bring."""
    if action is None or not isinstance(form, StepForm):
        return []
    standing = demands.standing(page.case, action)
    return [demand.sentence for demand in standing if form.place(demand) is None]
