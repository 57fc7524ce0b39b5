"""Timer health as people see it: a small page for everybody, all of it for administrators."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from casetrack.health import figures, lists
from dashboards.views.requests import person
from objections.deadlines import watching
from objections.errors import NotPermitted
from objections.models import Deadline, Escalation
from objections.services.retrying import may_try_again, try_again
from timekeeping import clock
from timekeeping.punctuality import Bucket, histogram, within

TABLES: dict[str, type[Deadline | Escalation]] = {"deadline": Deadline, "escalation": Escalation}
PROMPT = 1.0
"""Within so many seconds a rung counts as prompt, in the sentence above the bars."""
PROCESSES = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a histogram. ``width`` is of 100; ``bound`` is None for the last."""

    bound: timedelta | None
    rungs: int
    width: float
    late: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """How late the rungs rang since the beginning of an hour."""

    since: datetime
    total: int
    prompt: int
    lines: list[Bar]


def bars(now: datetime, back: timedelta) -> Bars:
    """Return the histogram of so long a time, from the beginning of its first hour."""
    since = (now - back).replace(minute=0, second=0, microsecond=0)
    buckets = histogram(since=since)
    total = sum(bucket.rungs for bucket in buckets)
    return Bars(since, total, within(buckets, PROMPT), _lines(buckets))


def _lines(buckets: Sequence[Bucket]) -> list[Bar]:
    most = max(bucket.rungs for bucket in buckets)
    return [
        Bar(
            None if math.isinf(bucket.most) else timedelta(seconds=bucket.most),
            bucket.rungs,
            round(100 * bucket.rungs / most, 1) if most else 0.0,
            bucket.most > watching.LATE.total_seconds(),
        )
        for bucket in buckets
    ]


@require_safe
@never_cache
@login_required
def timers(request: HttpRequest) -> HttpResponse:
    """Say to everybody who works here whether the timers are on time, and how late they rang."""
    now = clock.now()
    context = {
        "now": now,
        "health": watching.measured(now=now),
        "histograms": [bars(now, timedelta(hours=1)), bars(now, timedelta(hours=24))],
    }
    return render(request, "health/timers.html", context)


@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """Show all that is known of the clock. For whoever may enter the administration."""
    return render(request, "health/administration.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    now, user = clock.now(), person(request)
    measured = figures.measure(now=now)
    aside = lists.set_aside(user)
    return {
        "now": now,
        "figures": measured,
        "health": measured.health,
        "processes": measured.looks[:PROCESSES],
        "histograms": [bars(now, timedelta(hours=1)), bars(now, timedelta(hours=24))],
        "aside": aside,
        "aside_hidden": sum(measured.set_aside.values()) - len(aside),
        "may_try_again": may_try_again(user),
        "waiting": lists.waiting(user, now=now),
        "given_up": lists.given_up(user),
        "calendars": lists.unpublished(now=now),
        "recomputations": lists.recomputations(),
    }


@require_POST
def again(request: HttpRequest, table: str, pk: int) -> HttpResponse:
    """The button beside a row that was set aside: let it ring now, not at its next try."""
    model = TABLES.get(table)
    if model is None:
        raise Http404(table)
    row = get_object_or_404(model._default_manager.select_related("case"), pk=pk)
    try:
        done = try_again(row, by=person(request), now=clock.now())
    except NotPermitted as refusal:
        raise PermissionDenied from refusal
    if done:
        messages.success(request, _("It is tried again within a second or two."))
    else:
        messages.info(request, _("It is not set aside any more. Nothing was changed."))
    return redirect("admin-timers")


administration_view = admin.site.admin_view(administration)
again_view = admin.site.admin_view(again)
