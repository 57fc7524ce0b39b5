"""The OpenAPI document: what every operation has in common, and where it is read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from accounts.api.strict import StrictSerializer
from casetrack.api.authentication import TokenAuthentication
from casetrack.api.errors import CONTENT_TYPE

Document = dict[str, Any]

PROBLEM: Document = {
    "type": "object",
    "description": "A refusal (RFC 9457). Whatever is refused has changed nothing. `code` is"
    " stable; `title` and `detail` are sentences in the language of the caller.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "With `invalid`: what is wrong, each with the dotted path of its field.",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string", "examples": ["steps.0.next_by"]},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "allowed": {
            "type": "array",
            "description": "With `step_refused`: what the stage allows.",
            "items": {"type": "string"},
        },
        "missing": {
            "type": "array",
            "description": "With `demand_unmet`: what the step still needs.",
            "items": {"$ref": "#/components/schemas/DemandShown"},
        },
        "reference": {"type": "string", "description": "With `already_exists`: the case."},
        "scopes": {
            "type": "array",
            "description": "With `scope_missing`: any of these would do.",
            "items": {"type": "string"},
        },
    },
}
REFUSALS = {
    "400": "Not right: the request or a field of it (`invalid`, `parse_error`).",
    "401": "No token, or one that is not accepted (`not_authenticated`, `token_invalid`).",
    "403": "Out of reach (`scope_missing`, `not_permitted`).",
    "404": "Not there, or not for this caller.",
    "409": "In conflict with what is on record (`step_refused`, `demand_unmet`, `already_exists`,"
    " `already_taken`, `idempotency_in_progress`).",
    "412": "The case has changed since it was read (`stale_version`).",
    "413": "Too large: 1 MB for JSON, and the house's own limit for evidence.",
    "415": "Another type of content than is taken here.",
    "422": "This `Idempotency-Key` belongs to another request (`idempotency_key_reused`).",
    "428": "A change without `If-Match` (`precondition_required`).",
    "429": "Too many requests; `Retry-After` says in how many seconds to ask again.",
}
MATCH_REQUIRED = "428"
ON_READING = ("400", "401", "403", "404", "429")
IDEMPOTENCY_KEY: Document = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 200},
    "description": "Up to 200 visible ASCII characters, kept per client. The same key and body"
    " give the stored answer, with `Idempotent-Replayed: true`.",
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the OpenAPI document how a token is shown."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class StrictShape(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the OpenAPI document that unknown fields are refused."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Document:
        shape = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # type: ignore[no-untyped-call]
        return {**shape, "additionalProperties": False}


def complete(result: Document, generator: Any, request: Any, public: bool) -> Document:
    """Add to the generated document what holds for every operation: keys and refusals."""
    schemas = result["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            writes = method != "get"
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
            for code in REFUSALS if writes else ON_READING:
                if code == MATCH_REQUIRED and method != "patch":
                    continue
                operation["responses"][code] = {
                    "description": REFUSALS[code],
                    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
    return result


class SchemaView(SpectacularAPIView):
    """The OpenAPI document. It holds no secret, so whoever integrates may read it."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The document as pages to read and to try out, from our own files alone."""
    return render(request, "api/docs.html", {"title": settings.SPECTACULAR_SETTINGS["TITLE"]})
