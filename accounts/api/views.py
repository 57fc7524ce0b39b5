"""The base of every view that programs use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Scope


class ApiView(APIView):
    """A view whose answers are never cached, so that a breach cannot hide in a copy.

    ``scopes`` says for each method which scopes of a token open it, any one of them. A
    method that is not listed is closed to tokens.
    """

    http_method_names = ["get", "head", "post", "put", "patch"]
    scopes: ClassVar[Mapping[str, tuple[Scope, ...]]] = {}

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer
