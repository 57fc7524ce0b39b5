"""What is answered when something of ours fails: in words, in the caller's own form."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import defaults

from portal.answers import trouble
from portal.guards import HEADERS

RETRY_AFTER = "5"  # seconds; a database that restarts is back within three


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 and when to try again where the database is away, else 500.

    Programs get problem+json, people a page that needs no database. Nothing was
    changed: what fails in a transaction is rolled back.
    """
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    if request.path.startswith("/api/"):
        answer: HttpResponse = _problem(status)
    elif _is_customers(request):
        answer = _for_customers("away" if away else "broken", status)
    else:
        answer = HttpResponse(render_to_string(f"{status}.html", request=None), status=status)
    answer["Cache-Control"] = "no-store"
    if away:
        answer["Retry-After"] = RETRY_AFTER
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 to what cannot be read at all; a customer hears it as a customer."""
    if _is_customers(request):
        return _for_customers("unreadable", 400)
    return defaults.bad_request(request, exception)


def _is_customers(request: HttpRequest) -> bool:
    """Tell whether it was a customer's page that was asked for."""
    return request.path.startswith(reverse("customer-page", args=["-"]).removesuffix("-/"))


def _for_customers(which: str, status: int) -> HttpResponse:
    answer = HttpResponse(trouble(which), status=status)
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


def _problem(status: int) -> JsonResponse:
    titles = {503: _("Not available just now"), 500: _("Something went wrong on our side")}
    details = {
        503: _("The database does not answer. Nothing was changed: try again in some seconds."),
        500: _("It has been noted. Nothing was changed."),
    }
    body = {
        "type": "about:blank", "title": titles[status], "status": status,
        "code": {503: "unavailable", 500: "server_error"}[status], "detail": details[status],
    }  # fmt: skip
    return JsonResponse(body, status=status, content_type="application/problem+json")
