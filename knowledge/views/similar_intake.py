"""What looks like the case that somebody is writing down, while they write."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from knowledge import recurring
from knowledge.recurring import Told
from objections.forms.opening import OpeningForm
from objections.permissions import may, may_open
from objections.selectors import intake
from objections.views import opening
from objections.views.requests import case_or_404, person
from objections.vocabulary import Action
from timekeeping import clock

SHORT = 400
PARTED = re.compile(r"[\s,;，；、]+")


@login_required
@require_POST
@vary_on_headers("HX-Request")
def while_typing(request: HttpRequest) -> HttpResponse:
    """Show what looks like the case that is being typed; as a whole page where there is no script.

    Nothing of it is kept, and nothing that is typed can be wrong here.
    """
    user = person(request)
    if not may_open(user):
        raise PermissionDenied
    now = clock.now()
    chosen = _typed(request, "recurrence_of")
    found = recurring.while_typing(_told(request), user=user, chosen=chosen)
    live = bool(request.headers.get("HX-Request"))
    context = {"found": found, "chosen": chosen, "now": now, "live": live}
    if live:
        return render(request, "knowledge/similar_intake.html", context)
    form = OpeningForm(request.POST, request.FILES)
    form.errors.clear()
    similar = render_to_string("knowledge/similar_intake.html", context, request)
    return opening.show(request, form, now, similar=similar)


def _told(request: HttpRequest) -> Told:
    hits = intake.customers("", _typed(request, "who"))
    products = intake.products("", _typed(request, "product"))
    words = f"{_typed(request, 'title')}\n{request.POST.get('statement', '')}"
    codes = PARTED.split(_typed(request, "symptom_codes"))
    return Told(
        words=words.replace("\0", ""), customer=hits[0].customer if hits else None,
        product=products[0].product if products else None, serial=_typed(request, "serial"),
        batch=_typed(request, "batch"), symptom_codes=tuple(filter(None, codes)),
    )  # fmt: skip


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:SHORT]


@login_required
@require_safe
def for_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show of which cases this one may be a recurrence, each to be linked with one tap."""
    case, user = case_or_404(request, reference), person(request)
    found = recurring.of_case(case, user=user) if may(user, Action.LINK_RECURRENCE, case) else []
    context = {"case": case, "found": found, "now": clock.now()}
    return render(request, "knowledge/recurrence_suggested.html", context)
