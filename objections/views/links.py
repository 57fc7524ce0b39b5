"""The panel of the customer's page on a case, and taking a link back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from objections.actors import Actor
from objections.errors import Refused
from objections.selectors.customer_links import links_of
from objections.services import inviting
from objections.views import refusals
from objections.views.requests import case_or_404, person
from timekeeping import clock


@login_required
@require_safe
def panel(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the links of a case: a part of its page, or on its own without a script."""
    case = case_or_404(request, reference)
    now = clock.now()
    context = {"case": case, "now": now, "links": links_of(case, person(request), now)}
    is_part = bool(getattr(request, "htmx", False))
    name = "objections/case/links.html" if is_part else "objections/links.html"
    return render(request, name, context)


@login_required
@require_POST
def revoke(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Let a link open nothing any more."""
    case = case_or_404(request, reference)
    link = get_object_or_404(case.links, pk=pk)
    try:
        inviting.revoke(link, by=Actor.person(person(request)), now=clock.now())
    except Refused as refused:
        refusals.say(request, refused)
    else:
        messages.success(request, _("The link opens nothing any more."))
    return redirect("case", reference)
