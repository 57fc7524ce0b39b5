"""The pages of a case's reports. Reading one of a restricted case leaves a trace."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from objections.errors import FieldInvalid, NotPermitted
from objections.evidence import SHOWN_INLINE
from objections.models import Case
from objections.selectors.timelines import evidence_url
from objections.services.records import read_restricted
from objections.views.requests import case_or_404, person
from reports import documents, services
from reports.assembling import ReportShown, assemble
from reports.forms import PartForm, TakeBackForm
from reports.models import ReportPart
from reports.vocabulary import Part, ReportKind, Tongue
from timekeeping import clock

MOST_PICTURES = 3


@login_required
@require_safe
def report(request: HttpRequest, reference: str, kind: ReportKind) -> HttpResponse:
    """Show a report, with one part open for writing where that is asked and allowed."""
    case = _opened(request, reference)
    shown = _shown(request, case, kind)
    part = shown.part(request.GET.get("edit", ""))
    if part is None:
        return _page(request, shown)
    return _page(request, shown, editing=part.part, form=PartForm.of(part))


@login_required
@require_safe
def printed(request: HttpRequest, reference: str, kind: ReportKind) -> HttpResponse:
    """Show a report as it lies on paper."""
    case = _opened(request, reference)
    shown = _shown(request, case, kind)
    pictures = [one for one in shown.files if one.content_type in SHOWN_INLINE]
    files = [(one, evidence_url(case, one)) for one in pictures[:MOST_PICTURES]]
    context = {"report": shown, "pictures": files, "back": _address(case, kind, shown.tongue)}
    return render(request, "reports/print.html", context)


@login_required
@require_safe
def file(request: HttpRequest, reference: str, kind: ReportKind, ending: str) -> HttpResponse:
    """Send a report as a document of this ending."""
    make = documents.MAKERS.get((kind, ending))
    if make is None:
        raise Http404(ending)
    case = _opened(request, reference)
    shown = _shown(request, case, kind)
    response = HttpResponse(make(shown, person(request)), content_type=documents.TYPES[ending])
    name = documents.name_of(shown, ending)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response


@login_required
@require_POST
def write_part(request: HttpRequest, reference: str, kind: ReportKind, name: str) -> HttpResponse:
    """Keep somebody's text; where another was faster, show both and keep what was typed."""
    case = _opened(request, reference)
    part, tongue, form = _part(kind, name), _tongue(request), PartForm(request.POST)
    if not form.is_valid():
        return _refused(request, case, kind, part, form)
    try:
        services.write_part(
            case, kind, tongue, part, **form.cleaned_data, by=person(request), now=clock.now()
        )
    except services.EditedMeanwhile as refusal:
        return _both(request, case, kind, part, form.cleaned_data["text"], refusal)
    except FieldInvalid as refusal:
        form.add_error(refusal.field, refusal.sentence)
        return _refused(request, case, kind, part, form)
    except NotPermitted as refusal:
        raise PermissionDenied(refusal.sentence) from refusal
    messages.success(request, _("Saved"))
    return _back(case, kind, tongue, part)


@login_required
@require_POST
def take_back(request: HttpRequest, reference: str, kind: ReportKind, name: str) -> HttpResponse:
    """Let the product's own text count again."""
    case = _opened(request, reference)
    part, tongue, form = _part(kind, name), _tongue(request), TakeBackForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else 0
    try:
        services.take_back(case, kind, tongue, part, seen=seen, by=person(request), now=clock.now())
    except services.EditedMeanwhile as refusal:
        messages.error(request, refusal.sentence)
    except NotPermitted as refusal:
        raise PermissionDenied(refusal.sentence) from refusal
    return _back(case, kind, tongue, part)


def _opened(request: HttpRequest, reference: str) -> Case:
    case = case_or_404(request, reference)
    read_restricted(case, person(request), now=clock.now())
    return case


def _tongue(request: HttpRequest) -> Tongue:
    """Return the language that the address asks for; else the reader's own."""
    asked = request.GET.get("lang", "")
    if asked in Tongue.values:
        return Tongue(asked)
    return Tongue(own) if (own := get_language()) in Tongue.values else Tongue.ENGLISH


def _part(kind: ReportKind, name: str) -> Part:
    if name not in kind.parts:
        raise Http404(name)
    return Part(name)


def _shown(request: HttpRequest, case: Case, kind: ReportKind) -> ReportShown:
    return assemble(case, kind, _tongue(request), user=person(request), now=clock.now())


def _address(case: Case, kind: ReportKind, tongue: Tongue, part: str = "") -> str:
    query = urlencode({"lang": tongue.value})
    return f"{reverse('case-report', args=[case.reference, kind])}?{query}{part}"


def _back(case: Case, kind: ReportKind, tongue: Tongue, part: Part) -> HttpResponse:
    return HttpResponseRedirect(_address(case, kind, tongue, f"#{part.value}"))


def _refused(
    request: HttpRequest, case: Case, kind: ReportKind, part: Part, form: PartForm
) -> HttpResponse:
    shown = _shown(request, case, kind)
    return _page(request, shown, editing=part, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _both(
    request: HttpRequest,
    case: Case,
    kind: ReportKind,
    part: Part,
    typed: str,
    refusal: services.EditedMeanwhile,
) -> HttpResponse:
    """Show the other's text beside what was typed; saving again is knowingly over theirs."""
    shown = _shown(request, case, kind)
    newest = shown.part(part)
    assert newest is not None
    form = PartForm.of(newest, typed)
    return _page(
        request, shown, editing=part, form=form, theirs=refusal.newest, status=HTTPStatus.CONFLICT
    )


def _page(
    request: HttpRequest,
    shown: ReportShown,
    *,
    editing: Part | None = None,
    form: PartForm | None = None,
    theirs: ReportPart | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    case, kind = shown.case, shown.kind
    may_edit = services.may_edit(person(request), case)
    if form is not None and not may_edit:
        raise PermissionDenied(_("You may not do this on this case."))
    endings = [ending for known, ending in documents.MAKERS if known == kind]
    context: dict[str, Any] = {
        "report": shown,
        "case": case,
        "now": shown.now,
        "may_edit": may_edit,
        "editing": editing.value if editing else "",
        "form": form,
        "theirs": theirs,
        "kinds": [(one, _address(case, one, shown.tongue)) for one in ReportKind],
        "tongues": [(one, _address(case, kind, one)) for one in Tongue],
        "endings": [(ending, documents.PROGRAMS[ending]) for ending in endings],
    }
    return render(request, "reports/report.html", context, status=status)
