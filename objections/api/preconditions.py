"""``If-Match``: a step that was meant for the case as it was read."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from accounts.api.strict import wrong
from objections.models import Case


class MatchRequired(APIException):
    """A change of what a case is has to say which version of it is meant (RFC 6585)."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = _("Send the ETag of the case as you read it, as If-Match.")


_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_TAGS = re.compile(rf"\s*{_TAG.pattern}(\s*,\s*{_TAG.pattern})*\s*")
_NEVER = 0
"""No case has this version."""


def etag(case: Case) -> str:
    """Return the strong tag of a case's version. A clock that rings does not change it."""
    return f'"{case.version}"'


def demanded_version(request: Request, case: Case) -> int | None:
    """Return the version that the caller counts on, or refuse (428) one who names none.

    None for ``*``, which means the case as it is now.
    """
    if request.headers.get("If-Match") is None:
        raise MatchRequired
    return expected_version(request, case)


def expected_version(request: Request, case: Case) -> int | None:
    """Return the version that the caller counts on; None where it counts on none.

    Tags are compared strongly, so a weak one never matches. What is no list of tags is
    refused (400).
    """
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    if not _TAGS.fullmatch(given):
        raise wrong("If-Match", _("Send the ETag of the case as it was read."), "invalid")
    versions = [tag for weak, tag in _TAG.findall(given) if not weak]
    if str(case.version) in versions:
        return case.version
    numbers = [int(tag) for tag in versions if tag.isdecimal() and len(tag) < 10]
    return numbers[0] if numbers else _NEVER
