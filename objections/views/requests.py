"""What every view of this room asks of a request."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest

from accounts.models import User
from objections.models import Case
from objections.selectors import case_page
from timekeeping.fields import FIRST_YEAR, LAST_YEAR


def person(request: HttpRequest) -> User:
    """Return who is signed in; the view has seen to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user


def case_or_404(request: HttpRequest, reference: str) -> Case:
    """Return the case, or say that there is none: also where it is not this person's to see."""
    case = case_page.visible_case(person(request), reference)
    if case is None:
        raise Http404(reference)
    return case


def number(request: HttpRequest, name: str, default: int | None = None) -> int | None:
    """Return a whole number of the address; the default for anything that is none."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else default


def moment_of(request: HttpRequest, name: str) -> datetime | None:
    """Return a moment of the address with its zone; nothing for anything that cannot be one."""
    try:
        found = datetime.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    if found.tzinfo is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    return found
