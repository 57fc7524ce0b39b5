"""Three rows among five thousand that cannot be rung."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from objections.models import Deadline
from tests.bench import stock
from tests.bench.cloning import Spread, clone, settle
from tests.torture.ground import Ground, Row, row
from timekeeping import clock

ROWS, POISONED = 5_000, 3
AT_ONCE = timedelta(seconds=10)
# The rung that is next says no longer when it rings.
BREAK = """
UPDATE objections_deadline SET ladder = jsonb_set(ladder, ARRAY[rung::text], '{"kind": "breach"}')
WHERE id IN (SELECT id FROM objections_deadline WHERE alarm_at < %s ORDER BY random() LIMIT %s)
"""


def run(ground: Ground) -> list[Row]:
    with ground.house("migrated") as house:
        stock.people(1, customers=1)
        stock.overdue_by_one_rung(clock.now())
        clone(Spread(copies=ROWS - 1))
        settle()
        with connection.cursor() as cursor:
            cursor.execute(BREAK, [clock.now(), POISONED])
        house.fleet.clock()
        rung = Deadline.objects.filter(breached_at__isnull=False)
        house.until(lambda: rung.count() == ROWS - POISONED, "the well ones ring", every=0.1)
        aside = Deadline.objects.filter(quarantined_at__isnull=False)
        house.until(lambda: aside.count() == POISONED, "the broken ones are set aside")
        findings = house.findings()
        took = ringing_took()
        shown = on_the_page(aside)
        remark = (
            f"{ROWS - POISONED:,} rang in {took.total_seconds():.2f} s, {shown} are shown to the"
            f" administrator: {aside[0].failure}"
        )
        well = took <= AT_ONCE and shown == POISONED and all(one.failure for one in aside)
        return [
            row(f"{POISONED} broken rows among {ROWS:,}", f"{ROWS:,}", findings,
                required=f"others ≤ {AT_ONCE.total_seconds():g} s, 3 shown", also=well,
                remarks=[remark])
        ]  # fmt: skip


def ringing_took() -> timedelta:
    """Return how long it took from the first commit that rang to the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(at) - min(at) FROM (SELECT pg_xact_commit_timestamp(xmin) AS at"
            " FROM objections_caseevent WHERE kind = 'deadline_breached') AS commits"
        )
        took: timedelta = cursor.fetchone()[0]
    return took


def on_the_page(aside: Iterable[Deadline]) -> int:
    """Count those that the administrator's page of what was set aside names."""
    browser = Browser()
    browser.force_login(User.objects.create_superuser("root", "root@casetrack.example", "x"))
    answer = browser.get(
        reverse("admin:objections_deadline_changelist"), {"quarantined_at__isempty": "0"}
    )
    page = answer.content.decode()
    return sum(one.case.reference in page for one in aside)
