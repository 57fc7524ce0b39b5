"""The beginnings of replies: to choose from at a case, and to read and try in the knowledge."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import Language
from knowledge import facts, languages, templates
from knowledge.models import ReplyTemplate
from knowledge.permissions import keeps
from knowledge.templates import Filled
from knowledge.variables import samples
from objections import permissions
from objections.models import Case
from objections.selectors import case_page
from objections.services.records import read_restricted
from objections.urls import ReferenceConverter
from objections.views.requests import case_or_404, person
from objections.vocabulary import Action, Kind, Stage
from timekeeping import clock


@login_required
@require_safe
@vary_on_headers("HX-Request")
def for_case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the templates that fit what is being written to the customer of a case."""
    case, user, now = case_or_404(request, reference), person(request), clock.now()
    do = request.GET.get("do", "")
    if do not in templates.TARGETS or not permissions.may(user, Action(do), case):
        raise Http404(do)
    part = request.headers.get("HX-Request") == "true"
    if not part:
        read_restricted(case, user, now=now)
    found = templates.fitting(case, user, get_language() or "en", now=now, action=do)
    several = len({one.template.language for one in found}) > 1
    context = {"case": case, "do": do, "found": found, "several": several}
    name = "knowledge/templates_pick.html" if part else "knowledge/templates_choose.html"
    return render(request, name, context)


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show all templates by stage, filled from a case or with sample values."""
    user = person(request)
    there = set(ReplyTemplate.objects.values_list("language", flat=True))
    asked = request.GET.get("language", "")
    language = asked if asked in there else languages.best(there, get_language() or "en") or "en"
    rows = ReplyTemplate.objects.filter(language=language)
    named = request.GET.get("case", "").strip().upper()
    can_be = re.fullmatch(ReferenceConverter.regex, named)
    case = case_page.visible_case(user, named) if can_be else None
    context = {
        "groups": _groups(_filled(request, rows if keeps(user) else rows.filter(retired_at=None),
                                  case, language)),
        "language": language,
        "languages": [(one.value, one.label) for one in Language if one.value in there],
        "variables": templates.VARIABLES,
        "named": named, "case": case,
        "unknown": _("There is no case of this reference.") if named and not case else "",
        "keeps": keeps(user),
    }  # fmt: skip
    return render(request, "knowledge/templates.html", context)


def _filled(request: HttpRequest, rows: Any, case: Case | None, language: str) -> list[Filled]:
    if case is None:
        values = samples(language)
    else:
        now = clock.now()
        read_restricted(case, person(request), now=now)
        values = facts.of(case, person(request), now=now).values(language)
    return templates.fill_all(rows, {language: values})


def _groups(filled: list[Filled]) -> list[tuple[str, list[Filled]]]:
    """Return them under their stages, in the order of a case; first those for any."""
    kinds = ["", *Kind.values]
    filled.sort(key=lambda one: (kinds.index(one.template.kind), one.template.name))
    stages = [("", _("In any stage")), *((one.value, str(one.label)) for one in Stage)]
    groups = [
        (label, [one for one in filled if one.template.stage == stage]) for stage, label in stages
    ]
    return [(label, rows) for label, rows in groups if rows]
