"""How often a program may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import asking
from accounts.api.callers import token_of

if TYPE_CHECKING:
    from rest_framework.views import APIView


class PerCaller(BaseThrottle):
    """Allows each client, and each person, so many requests a minute (0: any number)."""

    def __init__(self) -> None:
        self._wait: int | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        self._wait = asking.wait_of(_who(request), limit=settings.CASETRACK_API_PER_MINUTE)
        return self._wait is None

    def wait(self) -> int | None:
        return self._wait


def _who(request: Request) -> str:
    token = token_of(request)
    return f"client:{token.client_id}" if token else f"user:{request.user.pk}"
