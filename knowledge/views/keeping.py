"""Keeping cards, templates and terms in order: one page for all three, for who keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Language
from knowledge import languages, templates
from knowledge.keeping import CardForm, KeptForm, TemplateForm, TermForm
from knowledge.models import JargonTerm, PlaybookCard, ReplyTemplate
from knowledge.permissions import keeps
from knowledge.variables import fill, samples
from objections.views.requests import person
from timekeeping import clock


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept: its rows, their form, the page that lists them; ``falls``: may be deleted."""

    model: type[Model]
    form: type[KeptForm]
    page: str
    new: str | Lazy
    falls: bool = False


KEPT: dict[str, Kept] = {
    "playbooks": Kept(PlaybookCard, CardForm, "playbooks", gettext_lazy("New card")),
    "templates": Kept(ReplyTemplate, TemplateForm, "reply-templates", gettext_lazy("New template")),
    "jargon": Kept(JargonTerm, TermForm, "jargon", gettext_lazy("New term"), falls=True),
}


@login_required
@require_safe
def jargon(request: HttpRequest) -> HttpResponse:
    """Show the words of the house that customers need not know, in one language."""
    there = set(JargonTerm.objects.values_list("language", flat=True))
    asked = request.GET.get("language", "")
    language = asked if asked in there else languages.best(there, get_language() or "en") or "en"
    context = {
        "terms": JargonTerm.objects.filter(language=language).order_by("term"),
        "language": language,
        "languages": [(one.value, one.label) for one in Language if one.value in there],
        "keeps": keeps(person(request)),
    }
    return render(request, "knowledge/jargon.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def edit(request: HttpRequest, what: str, pk: int | None = None) -> HttpResponse:
    """Show the form of one row, or of a new one, and save it; templates can be tried first."""
    kept = KEPT[what]
    if not keeps(person(request)):
        raise PermissionDenied
    row: Any = get_object_or_404(kept.model, pk=pk) if pk else kept.model()
    form = kept.form(request.POST or None, instance=row, initial=_first(request, pk))
    tried = ""
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            return _saved(request, kept, form, is_new=pk is None)
        tried = fill(row.body, samples(row.language), row.language)
    elif pk and isinstance(row, ReplyTemplate) and not form.is_bound:
        tried = templates.previewed(row).text
    wrong = request.method == "POST" and not form.is_valid()
    context = {
        "form": form, "what": what, "kept": kept, "tried": tried, "is_new": pk is None, "pk": pk,
        "variables": templates.VARIABLES if what == "templates" else None,
    }  # fmt: skip
    return render(request, "knowledge/keep.html", context, status=422 if wrong else 200)


@login_required
@require_http_methods(["POST"])
@transaction.atomic
def delete(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """Delete a row of a kind that may be deleted; what replies were made from is retired."""
    kept = KEPT[what]
    if not keeps(person(request)):
        raise PermissionDenied
    if not kept.falls:
        raise Http404(what)
    row = get_object_or_404(kept.model, pk=pk)
    _log(request, row, DELETION)
    row.delete()
    messages.success(request, _("Deleted"))
    return redirect(kept.page)


def _first(request: HttpRequest, pk: int | None) -> dict[str, str]:
    return {} if pk else {"language": request.GET.get("language", get_language() or "en")}


def _saved(request: HttpRequest, kept: Kept, form: KeptForm, *, is_new: bool) -> HttpResponse:
    form.settle(now=clock.now())
    _log(request, form.save(), ADDITION if is_new else CHANGE)
    messages.success(request, _("Saved"))
    return redirect(kept.page)


def _log(request: HttpRequest, row: Model, flag: int) -> None:
    """Leave the line in the audit trail that the administration would leave."""
    LogEntry.objects.log_actions(person(request).pk, [row], flag)
