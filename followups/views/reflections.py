"""The three questions on the page of a case: a panel of its own, for the case's team."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from followups.forms import ReflectionForm
from followups.models import Reflection
from followups.reflecting import STAGES, ReflectionChanged, may_reflect, reflect
from objections.actors import Actor
from objections.errors import FieldInvalid, Refused
from objections.models import Case
from objections.services.records import read_restricted
from objections.views.requests import case_or_404, person
from timekeeping import clock


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reflection(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what the team thinks of a case, and write it. For others it does not exist."""
    case = case_or_404(request, reference)
    if not may_reflect(person(request), case) or case.stage not in STAGES:
        raise Http404(reference)
    standing = Reflection.objects.filter(case=case).select_related("written_by").first()
    if request.method != "POST":
        if not request.htmx:  # type: ignore[attr-defined]  # as a part, the case's page left it
            read_restricted(case, person(request), now=clock.now())
        return _show(request, case, _form(case, standing), standing)
    form = ReflectionForm(request.POST, case=case)
    if form.is_valid() and (standing := _written(request, case, form, standing)) is None:
        messages.success(request, _("Thank you. Your answers are kept for the team."))
        return redirect("case-reflection" if request.htmx else "case", reference)  # type: ignore[attr-defined]
    return _show(request, case, form, standing, status=422)


def _form(case: Case, standing: Reflection | None) -> ReflectionForm:
    names = ("went_well", "can_be_better", "should_learn")
    first = {name: getattr(standing, name) for name in names} if standing else {}
    return ReflectionForm(initial=first, case=case)


def _written(
    request: HttpRequest, case: Case, form: ReflectionForm, standing: Reflection | None
) -> Reflection | None:
    """Write, and return nothing; or put what was refused onto the form, and return what stands."""
    by, version = Actor.person(person(request)), form.cleaned_data["version"]
    try:
        reflect(case, form.answers, by=by, now=clock.now(), expected_version=version,
                facts=form.facts)  # fmt: skip
    except ReflectionChanged as changed:
        form.add_error(None, changed.sentence)
        return changed.now
    except FieldInvalid as invalid:
        form.add_error(invalid.field, invalid.sentence)
    except Refused as refused:
        form.add_error(None, refused.sentence)
    else:
        return None
    return standing


def _show(
    request: HttpRequest,
    case: Case,
    form: ReflectionForm,
    standing: Reflection | None,
    *,
    status: int = 200,
) -> HttpResponse:
    alone = "followups/reflection.html"
    template = alone if request.htmx else "followups/reflection_page.html"  # type: ignore[attr-defined]
    context = {
        "case": case,
        "form": form,
        "standing": standing,
        "version": standing.version if standing else 0,
        "refused": status != 200,
    }
    return render(request, template, context, status=status)
