"""Articles: found, read, written, published and retired."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import Language, User
from knowledge import articles
from knowledge.articles import ArticleChanged, NamesCustomer, NotForYou
from knowledge.forms import ArticleForm, SearchForm, text_of
from knowledge.models import Article
from knowledge.reading import blocks
from knowledge.searching import Asked, find, highlighted, snippet
from objections.errors import FieldInvalid, Refused
from objections.models import Case
from objections.permissions import visible_to
from objections.services.records import read_restricted
from objections.views.requests import case_or_404, person
from timekeeping import clock

PAGE = 20
SEEN_ELSEWHERE = 3


@login_required
@require_safe
@vary_on_headers("HX-Request")
def listing(request: HttpRequest) -> HttpResponse:
    """Find articles by words, while they are typed; without words, list the newest."""
    form = SearchForm(request.GET)
    asked = form.asked()
    answer = find(asked, user=person(request))
    page = Paginator(answer.rows.defer("tokens"), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": asked,
        "loosely": answer.loosely,
        "page": page,
        "rows": [_row(article, asked) for article in page],
        "query": _query(request),
        "may_draft": articles.may_draft(person(request)),
        "now": clock.now(),
    }
    alone = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    name = "knowledge/article_rows.html" if alone else "knowledge/articles.html"
    return render(request, name, context)


@login_required
@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """Answer the search for cases with the few articles that have all the words, too."""
    asked = Asked(text=request.GET.get("q", "")[:200])
    answer = find(asked, user=person(request))
    rows = [] if answer.loosely or not asked.text.strip() else answer.rows[:SEEN_ELSEWHERE]
    context = {"rows": [_row(article, asked) for article in rows], "asked": asked}
    return render(request, "knowledge/article_found.html", context)


def _row(article: Article, asked: Asked) -> dict[str, Any]:
    return {
        "article": article,
        "title": highlighted(article.title, asked.text),
        "snippet": snippet(article.body, asked.text),
    }


def _query(request: HttpRequest) -> str:
    parts = request.GET.copy()
    for name in [name for name, value in parts.items() if not value or name == "page"]:
        del parts[name]
    return f"{parts.urlencode()}&" if parts else ""


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an article, and see what was done to it."""
    article = _article_or_404(request, pk)
    return render(request, "knowledge/article.html", _shown(article, person(request), clock.now()))


def _shown(article: Article, user: User, now: datetime) -> dict[str, Any]:
    case = article.case if article.case_id else None
    seen = case is not None and visible_to(user).filter(pk=case.pk).exists()
    publishes = articles.may_publish(user)
    return {
        "article": article,
        "blocks": blocks(article.body),
        "changes": article.changes.select_related("by"),
        "case": case if seen else None,
        "names": articles.named(case, article.title, article.body) if publishes else [],
        "may_revise": articles.may_revise(user, article),
        "may_publish": publishes and not article.is_published,
        "may_retire": publishes and article.is_published,
        "now": now,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a new article; of a case's lesson, where the address names the case."""
    user = person(request)
    case = _lesson_or_404(request)
    if not articles.may_draft(user):
        raise PermissionDenied
    if request.method != "POST":
        language = get_language() or Language.ENGLISH
        blank = articles.ArticleText(title="", body="", language=language)
        form = ArticleForm.of(articles.begin(case, language) if case else blank)
        return _write(request, form, case)
    form = ArticleForm(request.POST)
    if form.is_valid():
        try:
            made = articles.draft(form.text(), by=user, now=clock.now(), case=case)
        except Refused as refused:
            return _refused(request, form, case, refused)
        messages.success(request, _("The draft is kept"))
        return redirect("article", made.pk)
    return _write(request, form, case, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Revise an article. Where somebody else did so meanwhile, both texts stand side by side."""
    user = person(request)
    article = _article_or_404(request, pk)
    if not articles.may_revise(user, article):
        raise PermissionDenied
    if request.method != "POST":
        form = ArticleForm.of(text_of(article), article.version)
        return _write(request, form, article.case, article)
    form = ArticleForm(request.POST)
    if form.is_valid():
        seen = form.cleaned_data["version"] or 0
        try:
            articles.revise(article, form.text(), by=user, now=clock.now(), seen=seen)
        except Refused as refused:
            return _refused(request, form, article.case, refused, article)
        messages.success(request, _("The article is changed"))
        return redirect("article", pk)
    return _write(request, form, article.case, article, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the version that was read to everybody who works here."""
    return _move(request, pk, articles.publish, _("The article is published"))


@login_required
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the article out of sight."""
    return _move(request, pk, articles.retire, _("The article is retired"))


def _move(request: HttpRequest, pk: int, move: Any, done: str) -> HttpResponse:
    article = _article_or_404(request, pk)
    seen = request.POST.get("version", "")
    try:
        version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0
        move(article, by=person(request), now=clock.now(), seen=version)
    except NotForYou as refused:
        raise PermissionDenied from refused
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, done)
    return redirect("article", pk)


def _write(
    request: HttpRequest,
    form: ArticleForm,
    case: Case | None,
    article: Article | None = None,
    *,
    refused: Refused | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    shown = case is not None and visible_to(person(request)).filter(pk=case.pk).exists()
    context = {
        "form": form,
        "case": case if shown else None,
        "article": article,
        "names": articles.named(case, *form.told()),
        "suggested": form.suggested(),
        "refused": refused,
        "meanwhile": refused.article if isinstance(refused, ArticleChanged) else None,
    }
    return render(request, "knowledge/article_form.html", context, status=status)


def _refused(
    request: HttpRequest,
    form: ArticleForm,
    case: Case | None,
    refused: Refused,
    article: Article | None = None,
) -> HttpResponse:
    """Show the form again with what was typed, and what stands against it."""
    if isinstance(refused, NotForYou):
        raise PermissionDenied from refused
    if isinstance(refused, FieldInvalid):
        form.add_error(refused.field, refused.sentence)
    elif isinstance(refused, NamesCustomer):
        form.add_error("body", refused.sentence)
    if isinstance(refused, ArticleChanged):
        # What is saved next replaces the version that stands beside it now.
        form.data = {**dict(form.data.items()), "version": str(refused.article.version)}
    return _write(
        request, form, case, article, refused=refused, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _article_or_404(request: HttpRequest, pk: int) -> Article:
    rows = articles.readable_by(person(request)).select_related(
        "product", "written_by", "published_by", "case__customer"
    )
    if pk >= 2**63:
        raise Http404(pk)
    return get_object_or_404(rows.defer("tokens"), pk=pk)


def _lesson_or_404(request: HttpRequest) -> Case | None:
    """Return the closed case that the address names, if it has a lesson."""
    reference = request.GET.get("case", "").replace("\x00", "?")
    if not reference:
        return None
    case = case_or_404(request, reference[:16])
    if not articles.has_lesson(case):
        raise Http404(reference)
    read_restricted(case, person(request), now=clock.now())
    return case
