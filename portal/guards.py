"""What stands before the customer's page: size, pace, forged forms, and what a browser keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone, translation
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt

from portal import limits
from portal.answers import plain

LARGEST_FORM = 128 * 1024
"""Bytes: the longest words that a form takes, each of them as nine in an address."""

HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

View = Callable[..., HttpResponse]


class _FormsOfOurs(CsrfViewMiddleware):
    """Asks for the token that came with the page, and leaves the words to the view.

    A page that tells nobody where it was opened from has browsers send no origin with its
    forms, or "null"; the address of the page is a secret already, and the token is asked for.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        origin: bool = super()._origin_verified(request)  # type: ignore[misc]
        return request.META["HTTP_ORIGIN"] == "null" or origin

    def _check_referer(self, request: HttpRequest) -> None:
        if request.META.get("HTTP_REFERER"):
            super()._check_referer(request)  # type: ignore[misc]

    def _reject(self, request: HttpRequest, reason: str) -> None:
        request.form_is_old = True  # type: ignore[attr-defined]


_asks_for_token = decorator_from_middleware(_FormsOfOurs)


def guarded(view: View) -> View:
    """Guard a view of the customer's page, which takes the request and the token.

    It speaks the house's own time, whoever is signed in beside.
    """
    checked: Any = _asks_for_token(view)

    @csrf_exempt
    @wraps(view)
    def guard(request: HttpRequest, token: str) -> HttpResponse:
        with timezone.override(settings.TIME_ZONE), translation.override(_asked(request)):
            answer = _refused(request, token) or checked(request, token)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return guard


def _asked(request: HttpRequest) -> str:
    """Return the language of the browser, for what is said before a link is known."""
    return translation.get_language_from_request(request)


def _refused(request: HttpRequest, token: str) -> HttpResponse | None:
    wait = limits.wait_of(request, token)
    if wait is not None:
        answer = plain(request, "often", status=HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(wait)
        return answer
    given = request.META.get("CONTENT_LENGTH") or "0"
    if given.isdigit() and int(given) > LARGEST_FORM:
        return plain(request, "large", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None
