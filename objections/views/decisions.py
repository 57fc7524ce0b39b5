"""Remedies, and contacts that were written down late: what people decide beside the steps."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from objections.actors import Actor
from objections.errors import Refused
from objections.forms.remedies import RemedyForm
from objections.selectors.work_tabs import REMEDIES
from objections.services import records, remedies
from objections.views import pages, refusals
from objections.views.requests import case_or_404, person
from objections.views.steps import to_form
from timekeeping import clock

DECIDE = {"approve": remedies.approve, "refuse": remedies.refuse}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_remedy(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose a remedy; above the limit it waits for somebody else."""
    case = case_or_404(request, reference)
    if request.method != "POST":
        return to_form(reference, REMEDIES)
    now, by = clock.now(), Actor.person(person(request))
    form = RemedyForm(request.POST)
    refusal = refusals.tried(
        lambda: remedies.propose(case, **form.cleaned_data, by=by, now=now), form
    )
    if refusal is None:
        messages.success(request, _("Recorded"))
        return to_form(reference, REMEDIES)
    fresh = case_or_404(request, reference)
    return pages.show(request, fresh, now, do=REMEDIES, form=form, refusal=refusal)


@login_required
@require_POST
def decide_remedy(request: HttpRequest, reference: str, number: int, decision: str) -> HttpResponse:
    """Approve or refuse the n-th remedy of a case."""
    case = case_or_404(request, reference)
    rows = list(case.remedies.order_by("pk"))
    if not 1 <= number <= len(rows) or decision not in DECIDE:
        raise Http404(decision)
    try:
        DECIDE[decision](rows[number - 1], by=Actor.person(person(request)), now=clock.now())
    except Refused as refused:
        refusals.say(request, refused)
    else:
        messages.success(request, _("Recorded"))
    return to_form(reference, REMEDIES)


@login_required
@require_POST
def confirm_late_record(request: HttpRequest, reference: str) -> HttpResponse:
    """Let a contact that was recorded late count when it took place."""
    case = case_or_404(request, reference)
    key = request.POST.get("record", "")
    record = case.contact_records.filter(pk=key).first() if _is_key(key) else None
    if record is None:
        raise Http404(key)
    try:
        records.confirm_late_record(record, by=Actor.person(person(request)), now=clock.now())
    except Refused as refused:
        refusals.say(request, refused)
    else:
        messages.success(request, _("It counts at the time when it took place"))
    return redirect("case", reference)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
