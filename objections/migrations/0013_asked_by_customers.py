"""A tier that changed is worked off like a policy; a due time of its own is a fact of a clock."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def mark(apps, schema_editor):
    rows = apps.get_model("objections", "Deadline").objects
    rows.filter(promise="commitment").update(has_own_due=True)
    rows.filter(promise="hand_over", unit="elapsed").update(has_own_due=True)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_tier_changed"),
        ("objections", "0012_days_are_said"),
        ("timekeeping", "0003_default_calendar"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="recomputation",
            name="recomputation_has_one_cause",
        ),
        migrations.AddField(
            model_name="deadline",
            name="has_own_due",
            field=models.BooleanField(default=False, verbose_name="due time agreed for it alone"),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddField(
            model_name="recomputation",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
                verbose_name="customer whose tier changed",
            ),
        ),
        migrations.AddField(
            model_name="recomputation",
            name="failed",
            field=models.PositiveIntegerField(default=0, verbose_name="cases that failed"),
        ),
        migrations.AddConstraint(
            model_name="recomputation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("customer__isnull", True),
                        ("edition__isnull", True),
                        ("policy__isnull", False),
                    ),
                    models.Q(
                        ("customer__isnull", True),
                        ("edition__isnull", False),
                        ("policy__isnull", True),
                    ),
                    models.Q(
                        ("customer__isnull", False),
                        ("edition__isnull", True),
                        ("policy__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="recomputation_has_one_cause",
            ),
        ),
    ]
