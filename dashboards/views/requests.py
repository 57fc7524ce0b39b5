"""What the views of this room read from a request, and how a live page answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from accounts.models import User

LAST_PAGE = 2000
_Choice = TypeVar("_Choice", bound=TextChoices)


def person(request: HttpRequest) -> User:
    """Return who is signed in; the view has seen to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user


def page_number(request: HttpRequest) -> int:
    """Return the page asked for; the first, for anything that is no page."""
    return number(request, "page", 1, most=LAST_PAGE)


def number(request: HttpRequest, name: str, default: int, *, most: int) -> int:
    """Return a number of the address from 1 to ``most``; the default for anything else."""
    asked = request.GET.get(name, "")
    found = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else default
    return min(max(found, 1), most)


def choice(request: HttpRequest, name: str, choices: type[_Choice], default: _Choice) -> _Choice:
    """Return one of a list of words from the address; the default, for any other word."""
    asked = request.GET.get(name, "")
    return choices(asked) if asked in choices.values else default


def query(request: HttpRequest, *, without: Sequence[str]) -> str:
    """Return the address's other parts, ready for one more: "tab=team&stage=listen&"."""
    parts = request.GET.copy()
    for name in without:
        parts.pop(name, None)
    for name in [name for name, value in parts.items() if not value]:
        del parts[name]
    return f"{parts.urlencode()}&" if parts else ""


def back(request: HttpRequest, default: str) -> str:
    """Return the page that the form stood on, if it is one of ours."""
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if safe else default


def live(
    request: HttpRequest, whole: str, context: dict[str, Any], prints: Mapping[str, str]
) -> HttpResponse:
    """Answer a person with the whole page, and the page itself with the parts that changed.

    ``prints`` has a fingerprint for each living part, named as its template. The page
    sends those it shows; where all are the same the answer is 204, which leaves it alone.
    """
    context["prints"] = prints
    if not request.headers.get("HX-Request"):
        return render(request, whole, context)
    shown = set(request.GET.get("print", "").split())
    changed = [name for name, value in prints.items() if f"{name}:{value}" not in shown]
    if not changed:
        return HttpResponse(status=204)
    parts = (render_to_string(f"dashboards/{name}.html", context, request) for name in changed)
    return HttpResponse("".join(parts))


def fingerprint(*facts: object) -> str:
    """Return a short mark that differs when the facts or the language do."""
    whole = repr((get_language(), facts))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
