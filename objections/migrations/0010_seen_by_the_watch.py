from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_calendars_and_robots"),
        ("objections", "0009_published"),
        ("timekeeping", "0003_default_calendar"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customermail",
            index=models.Index(
                condition=models.Q(("failed_at__isnull", False)),
                fields=["-failed_at"],
                name="mail_failed",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("quarantined_at__isnull", False)),
                fields=["quarantined_at"],
                name="deadline_set_aside",
            ),
        ),
        migrations.AddIndex(
            model_name="escalation",
            index=models.Index(
                condition=models.Q(("quarantined_at__isnull", False)),
                fields=["quarantined_at"],
                name="escalation_set_aside",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("failed_at__isnull", False)),
                fields=["-failed_at"],
                name="notice_failed",
            ),
        ),
    ]
