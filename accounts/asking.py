"""How often somebody asks, counted in Redis, where all processes see it.

Windows are of a minute of real time. Where Redis does not answer nobody is counted: a
limit protects the others from one, and must never be what keeps a complaint from being
logged.
"""

from __future__ import annotations

import functools
import logging
import time

import redis
from django.conf import settings
from django.db import connection

log = logging.getLogger(__name__)

WINDOW_SECONDS = 60
PATIENCE_SECONDS = 0.25
REST_AFTER_FAILURE_SECONDS = 10.0


class _Rest:
    until = 0.0


@functools.cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS
    )


def prefix() -> str:
    """Return what our keys begin with. Two installations may share a Redis, and count apart."""
    return f"casetrack:{connection.settings_dict['NAME']}:asked:"


def wait_of(who: str, *, limit: int) -> int | None:
    """Count a request of ``who``; return the seconds to wait where it is one too many.

    A limit of 0 is any number.
    """
    if not limit or time.monotonic() < _Rest.until:
        return None
    try:
        count, left = _count(prefix() + who)
    except redis.RedisError as error:
        _Rest.until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
        log.warning("Requests are not counted for a while: %s", error)
        return None
    return max(left, 1) if count > limit else None


def count_again() -> None:
    """Ask Redis again at once, however shortly ago it was away."""
    _Rest.until = 0.0


def _count(key: str) -> tuple[int, int]:
    """Count one; return the count of the window, and the seconds it still lasts."""
    with _redis(settings.REDIS_URL).pipeline(transaction=True) as pipe:
        pipe.set(key, 0, ex=WINDOW_SECONDS, nx=True)
        pipe.incr(key)
        pipe.ttl(key)
        _set, count, left = pipe.execute()
    return count, left
