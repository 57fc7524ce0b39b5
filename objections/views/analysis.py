"""Looking for the cause: writing a why, saying it better, taking it back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from objections.actors import Actor
from objections.errors import Refused
from objections.forms.analysis import WhyForm
from objections.models import Case
from objections.selectors.work_tabs import WHYS
from objections.services import analysis
from objections.views import pages, refusals
from objections.views.requests import case_or_404, person
from objections.views.steps import to_form
from timekeeping import clock


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_why(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down a why. The next one is asked under it, unless it is a root cause."""
    case = case_or_404(request, reference)
    if request.method != "POST":
        return to_form(reference, WHYS)
    now, by = clock.now(), Actor.person(person(request))
    form = WhyForm(request.POST, case=case)
    refusal = refusals.tried(
        lambda: analysis.write(
            case, **form.values, under=form.cleaned_data["under"], by=by, now=now
        ),
        form,
    )
    if refusal is not None:
        fresh = case_or_404(request, reference)
        return pages.show(request, fresh, now, do=WHYS, form=form, refusal=refusal)
    messages.success(request, _("Recorded"))
    return _onwards(case, form)


@login_required
@require_POST
def correct_why(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Say the n-th why of a case better."""
    case = case_or_404(request, reference)
    now, by = clock.now(), Actor.person(person(request))
    form = WhyForm(request.POST, case=case, number=number)
    if form.corrects is None:
        raise Http404(number)
    refusal = refusals.tried(
        lambda: analysis.correct(
            case, number, **form.values, version=form.cleaned_data["version"] or 0, by=by,
            now=now,
        ),
        form,
    )  # fmt: skip
    if refusal is not None:
        fresh = case_or_404(request, reference)
        return pages.show(request, fresh, now, do=WHYS, form=form, refusal=refusal)
    messages.success(request, _("Recorded"))
    return to_form(reference, WHYS)


@login_required
@require_POST
def take_back_why(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Take the n-th why of a case back, with all that stands under it."""
    case = case_or_404(request, reference)
    size = request.POST.get("size", "")
    counted = int(size) if size.isascii() and size.isdigit() and len(size) < 9 else 0
    try:
        analysis.take_back(
            case, number, size=counted, by=Actor.person(person(request)), now=clock.now()
        )
    except Refused as refused:
        refusals.say(request, refused)
    else:
        messages.success(request, _("Taken back. It stays in the timeline."))
    return to_form(reference, WHYS)


def _onwards(case: Case, form: WhyForm) -> HttpResponseRedirect:
    """Return the way to the next question: under the why that was just written."""
    given: dict[str, object] = {"do": WHYS}
    if not form.cleaned_data["is_root_cause"]:
        given["under"] = case.whys.count()
    address = reverse("case", args=[case.reference])
    return HttpResponseRedirect(f"{address}?{urlencode(given)}#work")
