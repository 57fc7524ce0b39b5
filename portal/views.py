"""The customer's page: read by whoever has the link, answered by its forms."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from accounts.models import Language
from objections import links
from objections.errors import FieldInvalid, Refused
from objections.models import Case, CustomerLink
from portal import services
from portal.answers import house, plain
from portal.forms import FORMS, AnswerForm, offered
from portal.guards import guarded
from portal.reading import Page, case_of, page_of
from timekeeping import clock


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page, or take what was sent and show what came of it."""
    link = links.find(token)
    if link is None:
        return plain(request, "unknown", status=HTTPStatus.NOT_FOUND)
    with translation.override(_language(request, link)):
        now = clock.now()
        if link.revoked_at is not None or link.expires_at <= now:
            return plain(request, "ended", status=HTTPStatus.GONE)
        case = case_of(link)
        if case is None:
            return plain(request, "elsewhere", status=HTTPStatus.GONE)
        if request.method == "POST":
            return _taken(request, link, case, now)
        if request.method == "GET" and not request.user.is_authenticated:
            services.opened(link, now=now)
        return _shown(request, case, now, done=request.GET.get("done", ""))


def _language(request: HttpRequest, link: CustomerLink) -> str:
    """Return the language that was tapped, else the one that the link was made in."""
    asked = request.GET.get("lang", "")
    return asked if asked in Language.values else link.language


def _taken(request: HttpRequest, link: CustomerLink, case: Case, now: datetime) -> HttpResponse:
    do = request.POST.get("do", "")
    if do not in FORMS:
        return _shown(request, case, now, why="nothing", status=HTTPStatus.BAD_REQUEST)
    form = FORMS[do](request.POST, page=page_of(case, now))
    if request.user.is_authenticated:
        return _again(request, case, now, form, "staff", HTTPStatus.FORBIDDEN)
    if getattr(request, "form_is_old", False):
        return _again(request, case, now, form, "old", HTTPStatus.FORBIDDEN)
    if not form.is_valid():
        why = "fields" if do in offered(page_of(case, now)) else "moved"
        return _again(request, case, now, form, why, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        services.answer(link, case, _given(form), now=now)
    except services.LeadsNoMore:
        return HttpResponseRedirect(request.path)
    except FieldInvalid:
        form.add_error("words", form.fields["words"].error_messages["required"])
        return _again(request, case, now, form, "fields", HTTPStatus.UNPROCESSABLE_ENTITY)
    except Refused:
        return _again(request, case, now, form, "moved", HTTPStatus.CONFLICT)
    return HttpResponseRedirect(f"{request.path}?done={do}&lang={translation.get_language()}")


def _given(form: AnswerForm) -> services.Given:
    data = form.cleaned_data
    return services.Given(
        form.do, data["key"], data["seen"], data["words"], data.get("option") or 0,
        data.get("score"),
    )  # fmt: skip


def _again(
    request: HttpRequest, case: Case, now: datetime, form: AnswerForm, why: str, status: int
) -> HttpResponse:
    """Show the page as it stands now, with what was typed, and why nothing was changed."""
    case.refresh_from_db()
    return _shown(request, case, now, typed=form, why=why, status=status)


def _shown(
    request: HttpRequest,
    case: Case,
    now: datetime,
    *,
    done: str = "",
    why: str = "",
    typed: AnswerForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    read = page_of(case, now)
    context = {
        "page": read, "now": now, "done": done if done in FORMS else "", "why": why,
        "asked_again": typed.do if typed is not None else "",
        "forms": _forms(read, typed), "languages": _others(), **house(),
    }  # fmt: skip
    return render(request, "portal/page.html", context, status=status)


def _forms(read: Page, typed: AnswerForm | None) -> dict[str, AnswerForm]:
    """Return the forms that are offered now. What was typed for one that is not, is kept."""
    made: dict[str, AnswerForm] = {do: FORMS[do](page=read) for do in offered(read)}
    if typed is None:
        return made
    words = typed.data.get("words", "")
    target = typed.do if typed.do in made else "message" if "message" in made else "protest"
    if target == typed.do and typed.errors:
        made[target] = typed
    elif target in made:
        first: dict[str, Any] = {name: typed.data.get(name) for name in ("option", "score")}
        given = {name: value for name, value in first.items() if value}
        made[target] = FORMS[target](page=read, initial={"words": words, **given})
    return made


def _others() -> list[tuple[str, str, str]]:
    """Return the languages that this page is not in: code, tag and name."""
    tags = {"en": "en", "zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}
    here = translation.get_language()
    return [(code, tags[code], name) for code, name in Language.choices if code != here]
