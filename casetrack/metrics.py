"""What Prometheus reads: the state of the clock, from the database, whichever process answers."""

from __future__ import annotations

import hmac
import math
from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from casetrack.health.figures import Figures, measure
from timekeeping import clock

FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP")


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Give the figures to a monitor that has the token; without one set, to this host alone.

    503 while the database does not answer: no figure is made up.
    """
    if not _may_read(request):
        answer = HttpResponse("a bearer token is needed\n", status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    try:
        text = exposed(measure(now=clock.now()))
    except Error:
        words = "the database does not answer\n"
        return HttpResponse(words, status=503, content_type="text/plain")
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_read(request: HttpRequest) -> bool:
    token = settings.CASETRACK_METRICS_TOKEN
    if token:
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        matches = hmac.compare_digest(given.strip().encode(), token.encode())
        return scheme.lower() == "bearer" and matches
    # What a proxy on this host passes on comes from loopback, too, and from anywhere.
    return not any(request.META.get(name) for name in FORWARDED) and _is_loopback(request)


def _is_loopback(request: HttpRequest) -> bool:
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def exposed(figures: Figures) -> bytes:
    """Return the figures as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Measured(figures))
    text: bytes = generate_latest(registry)
    return text


class _Measured(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        yield from _timers(self._figures)
        yield from _backlog(self._figures)
        yield from _outboxes(self._figures)
        yield _skews(self._figures)
        yield _lateness(self._figures)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"casetrack_{name}", words, value=value)


def _timers(figures: Figures) -> Iterator[Metric]:
    silent_for = figures.health.silent_for
    yield _gauge(
        "timer_lag_seconds", "How long the oldest due alarm has been waiting.",
        figures.health.lag.total_seconds(),
    )  # fmt: skip
    yield _gauge(
        "timer_last_look_seconds", "How long ago any process last looked for due alarms.",
        math.inf if silent_for is None else silent_for.total_seconds(),
    )  # fmt: skip
    yield _gauge("alarms_waiting", "Alarms that are due and have not rung.", figures.alarms_waiting)


def _backlog(figures: Figures) -> Iterator[Metric]:
    oldest = figures.oldest_overdue
    yield _gauge("overdue_open", "Promises that are overdue and still open.", figures.overdue_open)
    yield _gauge(
        "oldest_overdue_seconds", "How long the oldest open promise has been overdue.",
        oldest.total_seconds() if oldest else 0,
    )  # fmt: skip
    aside = GaugeMetricFamily(
        "casetrack_quarantined", "Rows set aside because they could not be rung.", labels=["table"]
    )
    for table, rows in figures.set_aside.items():
        aside.add_metric([table], rows)
    yield aside
    yield _gauge(
        "provisional_deadlines",
        "Running deadlines that reach into a year whose holidays are not published.",
        figures.provisional,
    )
    yield _gauge(
        "recomputations_waiting", "Recomputations of running deadlines that are not done.",
        figures.recomputations,
    )  # fmt: skip


def _outboxes(figures: Figures) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "casetrack_outbox_waiting", "Messages that have not left yet.", labels=["channel"]
    )
    oldest = GaugeMetricFamily(
        "casetrack_outbox_oldest_seconds",
        "Age of the oldest message that should have left.", labels=["channel"],
    )  # fmt: skip
    failed = GaugeMetricFamily(
        "casetrack_outbox_failed", "Messages that were given up.", labels=["channel"]
    )
    for outbox in figures.outboxes:
        waiting.add_metric([outbox.channel], outbox.waiting)
        oldest.add_metric([outbox.channel], outbox.oldest.total_seconds() if outbox.oldest else 0)
        failed.add_metric([outbox.channel], outbox.failed)
    yield from (waiting, oldest, failed)


def _skews(figures: Figures) -> Metric:
    """Each host by its newest process; a host that no longer runs a clock has no figure."""
    family = GaugeMetricFamily(
        "casetrack_clock_skew_seconds",
        "How far a host's clock is ahead of the database's.", labels=["host"],
    )  # fmt: skip
    newest = {look.host: look for look in reversed(figures.looks) if not look.is_silent}
    for host, look in sorted(newest.items()):
        family.add_metric([host], look.skew.total_seconds())
    return family


def _lateness(figures: Figures) -> Metric:
    buckets, rungs = [], 0
    for bucket in figures.rungs:
        rungs += bucket.rungs
        buckets.append(("+Inf" if math.isinf(bucket.most) else str(bucket.most), float(rungs)))
    return HistogramMetricFamily(
        "casetrack_rung_lateness_seconds",
        "How long after its true moment a rung rang.",
        buckets=buckets,
        sum_value=sum(bucket.seconds for bucket in figures.rungs),
    )
