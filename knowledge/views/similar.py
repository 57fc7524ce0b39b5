"""What the page of a case shows of this room: what is alike, and what became of its lesson."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from knowledge import articles
from knowledge.searching import fitting
from knowledge.similar import similar_to, text_of
from objections.models import Case
from objections.services.records import read_restricted
from objections.views.requests import case_or_404, person
from timekeeping import clock


@login_required
@require_safe
@vary_on_headers("HX-Request")
def similar_cases(request: HttpRequest, reference: str) -> HttpResponse:
    """Show cases like this one, what satisfied those customers, and articles that fit."""
    case, now = _opened(request, reference)
    context = {
        "case": case,
        "similar": similar_to(case, user=person(request)),
        "articles": fitting(
            text_of(case), product=case.product, language=get_language() or "en"
        ),
        "now": now,
    }  # fmt: skip
    alone = request.headers.get("HX-Request")
    name = "knowledge/similar.html" if alone else "knowledge/similar_page.html"
    return render(request, name, context)


@login_required
@require_safe
@vary_on_headers("HX-Request")
def lesson(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the articles made of a case's lesson, or where to make one."""
    [case, _now], user = _opened(request, reference), person(request)
    made = articles.readable_by(user).filter(case=case).defer("tokens")
    context = {
        "case": case,
        "made": made,
        "may_draft": articles.may_draft(user) and articles.has_lesson(case),
    }
    alone = request.headers.get("HX-Request")
    name = "knowledge/article_of_lesson.html" if alone else "knowledge/article_of_lesson_page.html"
    return render(request, name, context)


def _opened(request: HttpRequest, reference: str) -> tuple[Case, datetime]:
    """Return the case and the time; a restricted one that is not part of its page leaves a trace.

    As part of it, the page has left the trace.
    """
    case, now = case_or_404(request, reference), clock.now()
    if not request.headers.get("HX-Request"):
        read_restricted(case, person(request), now=now)
    return case, now
