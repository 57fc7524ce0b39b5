"""Taking a step from a form: one address an action, all through the one service."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from objections.actors import Actor
from objections.forms.choosing import form_class
from objections.services.stepping import take_steps
from objections.steps import STEP_CLASSES
from objections.views import pages
from objections.views.refusals import tried
from objections.views.requests import case_or_404, person
from objections.vocabulary import Action
from timekeeping import clock


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, reference: str, action: str) -> HttpResponse:
    """Take the step that a form describes, or show the form again with what stands against it."""
    case = case_or_404(request, reference)
    if action not in Action.values or Action(action) not in STEP_CLASSES:
        raise Http404(action)
    if request.method != "POST":
        return to_form(reference, action)
    now, user = clock.now(), person(request)
    by = Actor.person(user)
    form = form_class(Action(action))(request.POST, request.FILES, case=case, user=user)
    refusal = tried(
        lambda: take_steps(
            case, form.to_steps(), by=by, now=now, expected_version=form.cleaned_data["version"]
        ),
        form,
    )
    if refusal is None:
        messages.success(request, _("Recorded"))
        return redirect("case", reference)
    fresh = case_or_404(request, reference)
    return pages.show(request, fresh, now, do=action, form=form, refusal=refusal)


def to_form(reference: str, do: str) -> HttpResponseRedirect:
    """Return the way to a form on the case's page."""
    return HttpResponseRedirect(f"{reverse('case', args=[reference])}?do={do}#work")
