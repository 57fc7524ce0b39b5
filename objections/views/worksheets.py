"""Writing on the worksheets of a case."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from objections.actors import Actor
from objections.forms.worksheets import SheetForm
from objections.selectors.work_tabs import SHEETS
from objections.services import worksheets
from objections.views import pages, refusals
from objections.views.requests import case_or_404, person
from objections.views.steps import to_form
from objections.vocabulary import SheetKind
from timekeeping import clock


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_sheet(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Keep what was written on a sheet; where another wrote since, show both texts."""
    case = case_or_404(request, reference)
    if kind not in SheetKind.values:
        raise Http404(kind)
    if request.method != "POST":
        return to_form(reference, f"{SHEETS}&sheet={kind}")
    now, by = clock.now(), Actor.person(person(request))
    sheet = case.worksheets.filter(kind=kind).first()
    form = SheetForm(request.POST, kind=SheetKind(kind), sheet=sheet)
    refusal = refusals.tried(
        lambda: worksheets.write(
            case, form.kind, form.entries, version=form.cleaned_data["version"], by=by, now=now
        ),
        form,
    )
    if refusal is None:
        messages.success(request, _("Recorded"))
        return to_form(reference, f"{SHEETS}&sheet={kind}")
    form.sheet = case.worksheets.filter(kind=kind).first()
    fresh = case_or_404(request, reference)
    return pages.show(request, fresh, now, do=SHEETS, form=form, refusal=refusal)
