"""What the database itself refuses, and the numbers of the cases."""

from django.db import migrations

NUMBERS = "CREATE SEQUENCE objections_case_number"

APPEND_ONLY = """
CREATE FUNCTION objections_timeline_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the timeline is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE ON objections_caseevent
    FOR EACH ROW EXECUTE FUNCTION objections_timeline_is_append_only();
"""

RUNG_STAYS = """
CREATE FUNCTION objections_deadline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.rung < OLD.rung THEN
        RAISE EXCEPTION 'a rung that rang is not taken back'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.breached_at IS NOT NULL AND NEW.breached_at IS NOT NULL
            AND (NEW.due_at IS DISTINCT FROM OLD.due_at OR NEW.breached_at <> OLD.breached_at) THEN
        RAISE EXCEPTION 'a due moment is not edited after its breach'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.started_at <> OLD.started_at OR NEW.promise <> OLD.promise
            OR NEW.case_id <> OLD.case_id THEN
        RAISE EXCEPTION 'a clock keeps its case, its promise and its start'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deadline_guard BEFORE UPDATE ON objections_deadline
    FOR EACH ROW EXECUTE FUNCTION objections_deadline_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("objections", "0001_initial")]

    operations = [
        migrations.RunSQL(NUMBERS, "DROP SEQUENCE objections_case_number"),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER timeline_append_only ON objections_caseevent;"
            "DROP FUNCTION objections_timeline_is_append_only();",
        ),
        migrations.RunSQL(
            RUNG_STAYS,
            "DROP TRIGGER deadline_guard ON objections_deadline;"
            "DROP FUNCTION objections_deadline_guard();",
        ),
    ]
