"""How the API says no: application/problem+json (RFC 9457) with a stable code.

One of the two places where what the domain refuses becomes an answer; the other is
the browser's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from accounts.api.parsers import BodyTooLarge
from accounts.api.shown import show_all
from casetrack.api.scopes import ScopeMissing
from objections import errors as domain
from objections.api.actions import DemandShown

CONTENT_TYPE = "application/problem+json"

TITLES: dict[str, str | Lazy] = {
    "invalid": _("The request is not right"),
    "parse_error": _("The request cannot be read"),
    "not_authenticated": _("Show a token, or sign in"),
    "token_invalid": _("The token is not accepted"),
    "scope_missing": _("The token does not reach this far"),
    "permission_denied": _("Not allowed"),
    "not_permitted": _("Not allowed"),
    "not_found": _("Not found"),
    "method_not_allowed": _("This method is not possible here"),
    "not_acceptable": _("Answers are JSON"),
    "unsupported_media_type": _("This type of content is not accepted here"),
    "too_large": _("Too large"),
    "throttled": _("Too many requests"),
    "step_refused": _("The stage does not allow this step"),
    "demand_unmet": _("Something is missing"),
    "stale_version": _("The case has changed"),
    "precondition_required": _("Say which version you mean"),
    "already_exists": _("Known already"),
    "already_taken": _("Taken already"),
    "idempotency_key_reused": _("This key belongs to another request"),
    "idempotency_in_progress": _("The first request of this key is still running"),
}


def problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn what was raised into an answer; None where it is a fault of our own."""
    if isinstance(exc, domain.Refused):
        return _refused(exc)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, RequestDataTooBig):
        exc = BodyTooLarge()
    if isinstance(exc, exceptions.ValidationError):
        return _answer(
            exc.status_code, "invalid", _("Nothing was saved."), errors=list(_points(exc.detail))
        )
    if isinstance(exc, exceptions.APIException):
        return _told_by_framework(exc)
    return None


def _told_by_framework(exc: exceptions.APIException) -> Response:
    detail = exc.detail
    code = getattr(detail, "code", None) or exc.default_code
    more = {"scopes": list(exc.scopes)} if isinstance(exc, ScopeMissing) else {}
    answer = _answer(exc.status_code, code, detail, **more)
    if getattr(exc, "auth_header", None):
        answer["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
    wait = getattr(exc, "wait", None)
    if wait is not None:
        answer["Retry-After"] = str(int(wait))
    return answer


def _refused(exc: domain.Refused) -> Response:
    match exc:
        case domain.StepRefused():
            allowed = [action.value for action in exc.allowed]
            return _conflict("step_refused", exc.sentence, action=exc.action, allowed=allowed)
        case domain.DemandUnmet():
            missing = show_all(DemandShown, exc.missing)
            return _conflict("demand_unmet", exc.sentence, action=exc.action, missing=missing)
        case domain.AlreadyExists():
            return _conflict("already_exists", exc.sentence, reference=exc.reference)
        case domain.AlreadyTaken():
            taker = {"username": exc.taker.username, "name": str(exc.taker)} if exc.taker else None
            return _conflict("already_taken", exc.sentence, taker=taker)
        case domain.StaleVersion():
            return _answer(
                status.HTTP_412_PRECONDITION_FAILED, "stale_version", exc.sentence,
                version=exc.case.version,
            )  # fmt: skip
        case domain.NotPermitted():
            return _answer(status.HTTP_403_FORBIDDEN, "not_permitted", exc.sentence)
        case domain.FieldInvalid():
            point = {"field": exc.field, "code": exc.code, "detail": exc.sentence}
            return _answer(
                status.HTTP_400_BAD_REQUEST, "invalid", _("Nothing was saved."), errors=[point]
            )
    raise AssertionError(f"{type(exc).__name__} has no answer") from exc


def _conflict(code: str, detail: str, **more: Any) -> Response:
    return _answer(status.HTTP_409_CONFLICT, code, detail, **more)


def _answer(status_code: int, code: str, detail: object, **more: Any) -> Response:
    title = TITLES.get(code, detail)
    body = {
        "type": f"urn:casetrack:problem:{code}", "title": str(title), "status": status_code,
        "code": code, "detail": str(detail), **more,
    }  # fmt: skip
    return Response(body, status=status_code, content_type=CONTENT_TYPE)


def _points(detail: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """List what is wrong, each with the dotted path of its field: ``steps.0.next_by``."""
    if isinstance(detail, Mapping):
        for name, inside in detail.items():
            here = () if name == "non_field_errors" else (str(name),)
            yield from _points(inside, path + here)
    elif isinstance(detail, list | tuple):
        for number, inside in enumerate(detail):
            nested = isinstance(inside, Mapping | list | tuple)
            yield from _points(inside, (*path, str(number)) if nested else path)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"field": ".".join(path), "code": str(code), "detail": str(detail)}
