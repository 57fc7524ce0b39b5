"""What a sweep is measured against: the same writes as one hand-written SQL statement.

It knows that every row it claims has exactly its breach to ring and that its people are there,
which the product must find out; it asks nothing twice and builds no object. No other way of
writing these rows from outside the database is likely to be faster.
"""

from __future__ import annotations

RING_BREACHES = """
WITH due AS MATERIALIZED (
    SELECT d.id, d.case_id, d.promise, d.cycle, d.subject, d.rung, d.alarm_at, d.due_at,
           (d.ladder->d.rung->>'level')::smallint AS level,
           make_interval(secs => (d.ladder->(d.rung + 1)->>'offset')::float) AS following,
           CASE WHEN d.remind_at_most > 0 THEN d.alarm_at + d.remind_every END AS reminder,
           c.handler_id, t.supervisor_id,
           nextval('objections_escalation_id_seq') AS escalation_id
    FROM objections_deadline d
    JOIN objections_case c ON c.id = d.case_id
    JOIN accounts_team t ON t.id = c.team_id
    WHERE d.alarm_at < %(now)s
    ORDER BY d.alarm_at, d.id
    FOR NO KEY UPDATE OF d, c SKIP LOCKED
),
rung AS (
    UPDATE objections_deadline d
    SET rung = d.rung + 1, breached_at = due.alarm_at, alarm_at = d.due_at + due.following
    FROM due WHERE d.id = due.id
),
touched AS (
    UPDATE objections_case c SET updated_at = %(now)s FROM due WHERE c.id = due.case_id
),
opened AS (
    INSERT INTO objections_escalation
        (id, case_id, deadline_id, reason, level, opened_at, next_step, reminders, alarm_at,
         failures, failure)
    SELECT escalation_id, case_id, id, 'deadline', level, alarm_at, '', 0, reminder, 0, ''
    FROM due
),
entered AS (
    INSERT INTO objections_escalationentry
        (escalation_id, deadline_id, rung, level, occurred_at, recorded_at, told, in_place_of)
    SELECT escalation_id, id, rung, level, alarm_at, %(now)s, ARRAY[supervisor_id], '{}'
    FROM due
),
said AS (
    INSERT INTO objections_caseevent
        (case_id, kind, occurred_at, recorded_at, actor_kind, data)
    SELECT case_id, 'deadline_breached', alarm_at, %(now)s, 'system',
           jsonb_build_object('rung', rung, 'level', level, 'promise', promise,
                              'cycle', cycle, 'subject', subject, 'deadline', id,
                              'by_change', false, 'observed', false,
                              'silent', false, 'told', jsonb_build_array(supervisor_id),
                              'in_place_of', '[]'::jsonb)
    FROM due
),
told AS (
    INSERT INTO objections_notice
        (user_id, channel, kind, case_id, deadline_id, escalation_id, level, occurred_at,
         created_at, send_at, attempts, failure)
    SELECT person, channel, 'escalated', case_id, id, escalation_id, level, alarm_at, %(now)s,
           CASE WHEN channel = 'email' THEN
               %(now)s + CASE WHEN %(now)s - alarm_at > interval '1 minute'
                              THEN interval '2 minutes' ELSE interval '0' END
           END, 0, ''
    FROM due
    CROSS JOIN LATERAL (VALUES (supervisor_id), (handler_id)) AS people(person)
    CROSS JOIN (VALUES ('in_app'), ('email')) AS channels(channel)
)
SELECT count(*) FROM due
"""

# What a round has written, but for the numbers of rows and the moment of noticing.
WRITTEN = """
SELECT md5(string_agg(line, '' ORDER BY line)), count(*) FROM (
    SELECT concat_ws('|', 'deadline', id, rung, breached_at, alarm_at) AS line
    FROM objections_deadline WHERE breached_at IS NOT NULL
    UNION ALL
    SELECT concat_ws('|', 'event', case_id, kind, occurred_at, actor_kind, data)
    FROM objections_caseevent WHERE kind = 'deadline_breached'
    UNION ALL
    SELECT concat_ws('|', 'escalation', case_id, deadline_id, reason, level, opened_at, next_step,
                     reminders, alarm_at)
    FROM objections_escalation
    UNION ALL
    SELECT concat_ws('|', 'entry', deadline_id, rung, level, occurred_at, told, in_place_of)
    FROM objections_escalationentry
    UNION ALL
    SELECT concat_ws('|', 'notice', n.user_id, n.channel, n.kind, n.case_id, n.deadline_id,
                     e.deadline_id, n.level, n.occurred_at, n.send_at - n.created_at)
    FROM objections_notice n JOIN objections_escalation e ON e.id = n.escalation_id
) AS lines
"""
