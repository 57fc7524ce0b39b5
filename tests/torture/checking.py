"""The judge: reads every rung of every deadline from the rows, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

# Each rung that a ladder holds, beside what the timeline, the entries and the notices say of
# it. A rung is owed once its moment lies before the horizon and its promise still waited then.
# When it rang is asked of the server that keeps the moments of its commits, not of our code.
RUNGS = """
CREATE TEMPORARY TABLE judged AS
WITH owed AS (
    SELECT d.id AS deadline, d.rung AS reached, (r.number - 1)::int AS rung,
           d.due_at + make_interval(secs => (r.step->>'offset')::float8)
               + CASE WHEN r.step->>'kind' = 'level' THEN d.shift ELSE interval '0' END AS moment,
           r.step->>'kind' AS kind,
           coalesce(d.kept_at, d.answered_late_at, d.ended_at) AS settled
    FROM objections_deadline d
    JOIN objections_case c ON c.id = d.case_id AND c.clock_mode = 'live'
    CROSS JOIN LATERAL jsonb_array_elements(d.ladder) WITH ORDINALITY AS r(step, number)
    WHERE NOT d.is_historical AND d.due_at IS NOT NULL AND d.quarantined_at IS NULL
),
said AS (
    SELECT (data->>'deadline')::bigint AS deadline, (data->>'rung')::int AS rung,
           count(*) AS times, min(id) AS event, min(occurred_at) AS occurred,
           min(recorded_at) AS recorded,
           min({committed}) AS committed
    FROM objections_caseevent
    WHERE kind IN ('deadline_warned', 'deadline_breached', 'escalation_climbed')
      AND data ? 'rung'
    GROUP BY 1, 2
),
settled AS (
    SELECT (data->>'deadline')::bigint AS deadline, min(id) AS event
    FROM objections_caseevent
    WHERE kind IN ('deadline_kept', 'deadline_answered_late', 'deadline_voided')
    GROUP BY 1
),
entered AS (
    SELECT deadline_id AS deadline, rung, count(*) AS times
    FROM objections_escalationentry WHERE rung IS NOT NULL GROUP BY 1, 2
)
SELECT o.deadline, o.rung, o.moment, o.kind, coalesce(s.times, 0) AS times,
       s.occurred, s.recorded, s.committed, coalesce(e.times, 0) AS entries,
       o.moment < %(horizon)s AND (o.settled IS NULL OR o.settled > o.moment) AS owed,
       s.event > z.event AS needless, o.rung < o.reached AS passed
FROM owed o
LEFT JOIN said s USING (deadline, rung)
LEFT JOIN entered e USING (deadline, rung)
LEFT JOIN settled z ON z.deadline = o.deadline
"""

WITNESSED = "coalesce(pg_xact_commit_timestamp(xmin), recorded_at)"

COUNTS = """
SELECT count(*) FILTER (WHERE times > 0),
       count(*) FILTER (WHERE owed AND times = 0)
           + count(*) FILTER (WHERE times > 0 AND kind <> 'warning' AND entries = 0)
           + count(*) FILTER (WHERE times > 0 AND NOT passed),
       coalesce(sum(times - 1) FILTER (WHERE times > 1), 0)
           + coalesce(sum(entries - 1) FILTER (WHERE entries > 1), 0),
       count(*) FILTER (WHERE (recorded <= moment OR committed <= moment OR occurred < moment
                               OR needless) AND committed >= %(written)s),
       max(committed - occurred) FILTER (WHERE timed),
       percentile_disc(0.99) WITHIN GROUP (ORDER BY committed - occurred) FILTER (WHERE timed),
       count(*) FILTER (WHERE timed)
FROM judged
CROSS JOIN LATERAL (SELECT occurred >= %(since)s AND occurred < %(until)s
                           AND committed >= %(written)s AS timed) AS span
"""

TOLD_TWICE = """
SELECT coalesce(sum(times - 1), 0) FROM (
    SELECT count(*) AS times FROM objections_notice
    WHERE deadline_id IS NOT NULL AND kind IN ('warned', 'escalated')
    GROUP BY user_id, channel, kind, deadline_id, level, occurred_at HAVING count(*) > 1
) AS told
"""

NOT_TOLD = """
SELECT count(*) FROM objections_escalationentry e
CROSS JOIN LATERAL unnest(e.told) AS person
WHERE e.rung IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM objections_notice n
    WHERE n.escalation_id = e.escalation_id AND n.user_id = person AND n.channel = 'in_app'
      AND n.level = e.level AND n.occurred_at = e.occurred_at)
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rows say. ``rungs`` rang; ``timed`` of them lie in the span asked about.

    ``early`` counts what rang before its moment, and what rang after its promise was
    settled. ``worst`` and ``p99`` are from a rung's true moment to the commit that rang it.
    """

    rungs: int
    lost: int
    double: int
    early: int
    worst: timedelta
    p99: timedelta
    timed: int

    @property
    def clean(self) -> bool:
        return not (self.lost or self.double or self.early)


def judge(
    *,
    horizon: datetime | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    written: datetime | None = None,
) -> Findings:
    """Read the rows of this process's database. A rung due before ``horizon`` is owed.

    Without one it is the server's present less two seconds. ``since`` and ``until`` bound
    the true moments whose lateness counts. What was committed before ``written`` was laid
    out, not rung, and says nothing of when.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT statement_timestamp() - interval '2 seconds',"
            " current_setting('track_commit_timestamp') = 'on'"
        )
        present, witnessed = cursor.fetchone()
        cursor.execute("DROP TABLE IF EXISTS judged")
        committed = WITNESSED if witnessed else "recorded_at"
        cursor.execute(RUNGS.format(committed=committed), {"horizon": horizon or present})
        span = {
            "since": since or "-infinity", "until": until or "infinity",
            "written": written or "-infinity",
        }  # fmt: skip
        cursor.execute(COUNTS, span)
        rungs, lost, double, early, worst, p99, timed = cursor.fetchone()
        cursor.execute(TOLD_TWICE)
        double += cursor.fetchone()[0]
        cursor.execute(NOT_TOLD)
        lost += cursor.fetchone()[0]
    none = timedelta(0)
    return Findings(rungs, lost, int(double), early, worst or none, p99 or none, timed)


def deadlocks() -> int:
    """Return how many deadlocks this database has seen, by the server's own count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        found: int = cursor.fetchone()[0]
    return found
