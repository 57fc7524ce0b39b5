"""A count of days that is not said is no count of days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_calendars_and_robots"),
        ("customers", "0002_tier_changed"),
        ("objections", "0011_shipped_reminders"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="allowance",
            name="allowance_days_iff_working_days",
        ),
        migrations.AddConstraint(
            model_name="allowance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("days__gte", 1),
                        ("days__isnull", False),
                        ("length__isnull", True),
                        ("unit", "days"),
                    ),
                    models.Q(models.Q(("unit", "days"), _negated=True), ("days__isnull", True)),
                    _connector="OR",
                ),
                name="allowance_days_iff_working_days",
            ),
        ),
    ]
