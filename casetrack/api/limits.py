"""How often a program may ask.

The count lives in Redis, where all processes see it, in windows of a minute of real
time. Where Redis does not answer nobody is counted: a limit protects the others from
one, and must never be what keeps a complaint from being logged.
"""

from __future__ import annotations

import functools
import logging
import time
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.api.callers import token_of

if TYPE_CHECKING:
    from rest_framework.views import APIView

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
PATIENCE_SECONDS = 0.25
REST_AFTER_FAILURE_SECONDS = 10.0


@functools.cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
    )


class PerCaller(BaseThrottle):
    """Allows each client, and each person, so many requests a minute (0: any number)."""

    _silent_until = 0.0

    def __init__(self) -> None:
        self._wait: int | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        limit = settings.CASETRACK_API_PER_MINUTE
        if not limit or time.monotonic() < PerCaller._silent_until:
            return True
        try:
            count, left = self._count(_key(request))
        except redis.RedisError as error:
            PerCaller._silent_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
            log.warning("Requests are not counted for a while: %s", error)
            return True
        if count <= limit:
            return True
        self._wait = max(left, 1)
        return False

    def wait(self) -> int | None:
        return self._wait

    def _count(self, key: str) -> tuple[int, int]:
        """Count this request; return the count of the window, and the seconds it still lasts."""
        with _redis(settings.REDIS_URL).pipeline(transaction=True) as pipe:
            pipe.set(key, 0, ex=WINDOW_SECONDS, nx=True)
            pipe.incr(key)
            pipe.ttl(key)
            _set, count, left = pipe.execute()
        return count, left


def _key(request: Request) -> str:
    token = token_of(request)
    who = f"client:{token.client_id}" if token else f"user:{request.user.pk}"
    return f"{prefix()}{who}"


def prefix() -> str:
    """Return what our keys begin with. Two installations may share a Redis, and count apart."""
    return f"casetrack:{connection.settings_dict['NAME']}:asked:"
