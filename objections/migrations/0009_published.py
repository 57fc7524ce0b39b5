"""What was in force counts as published; a clock's start may move while nothing has come of it."""

from django.db import migrations, models
from django.db.models.functions import Now

GUARD = """
CREATE OR REPLACE FUNCTION objections_deadline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.promise <> OLD.promise OR NEW.case_id <> OLD.case_id THEN
        RAISE EXCEPTION 'a clock keeps its case and its promise'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.started_at <> OLD.started_at
            AND (OLD.kept_at IS NOT NULL OR OLD.breached_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a clock that was kept or broken keeps its start'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BOTH = ["waiting_for_customer", "customer_shutdown"]


def publish(apps, schema_editor):
    policy = apps.get_model("objections", "Policy")
    policy.objects.filter(published_at=None, in_force=True).update(published_at=Now())
    for name in ("Allowance", "Deadline"):
        rows = apps.get_model("objections", name).objects.filter(pauses_per_cycle__gt=0)
        rows.update(pause_reasons=BOTH)


class Migration(migrations.Migration):
    dependencies = [("objections", "0008_the_engine")]

    operations = [
        migrations.RunPython(publish, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("in_force", False), ("published_at__isnull", False), _connector="OR"
                ),
                name="policy_in_force_is_published",
            ),
        ),
    ]
