"""The page that says why a deadline is due when it is, or why it was late."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from objections import explained
from objections.deadlines.explaining import explain
from objections.permissions import visible_to
from objections.services.records import read_restricted
from objections.views import axis
from objections.views.requests import case_or_404, person
from timekeeping import clock

SHORT = 24
"""Longer than this, what stands out may break over lines."""


@require_safe
@never_cache
@login_required
def explain_deadline(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Explain one deadline of a case, to everybody who may see the case."""
    case = case_or_404(request, reference)
    deadline = case.deadlines.prefetch_related("pauses").filter(pk=pk).first()
    if deadline is None:
        raise Http404(reference)
    now = clock.now()
    read_restricted(case, person(request), now=now)
    deadline.case = case
    told = explain(deadline, now=now, seen=visible_to(person(request)))
    context = {
        "told": told,
        "case": case,
        "now": now,
        "title": explained.title(told),
        "answer": _shown(explained.joined(explained.sentences(told, _stand_out))),
        "stops": explained.stops(told),
        "pause_words": explained.pause_words(told),
        "axis": axis.draw(told),
    }
    return render(request, "objections/explain.html", context)


def _stand_out(text: str) -> str:
    css = "ct-fact" if len(text) <= SHORT else "ct-fact is-long"
    return format_html('<b class="{}">{}</b>', css, text)


def _shown(answer: str) -> SafeString:
    """Mark the answer as ready: its words are ours, and what stands out in it was escaped."""
    return mark_safe(answer)  # noqa: S308
