"""What the shell around every page shows: counts, the health of the timers, the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dashboards.selectors import counts
from objections.deadlines import watching
from timekeeping import clock


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return functions that ask the database only where a template shows their value.

    A fragment that htmx fetches shows none of them and so costs nothing; a whole page
    costs three short queries.
    """

    @cache
    def now() -> datetime:
        return clock.now()

    @cache
    def timers() -> watching.TimerHealth:
        return watching.last_look(now=now())

    @cache
    def waiting() -> counts.Waiting:
        return counts.waiting_for(request.user)

    shown: dict[str, Callable[[], Any] | bool] = {
        "now": now,
        "desk_count": lambda: waiting().desk,
        "board_count": lambda: waiting().board,
        "notice_count": lambda: waiting().notices,
        "timer_lag": lambda: timers().lag.total_seconds(),
        "timers_late_since": lambda: timers().since,
        "sandbox": settings.CASETRACK_SANDBOX,
        "sandbox_now": now,
    }
    return shown
