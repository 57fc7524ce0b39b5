"""The calendar of teams that have none: Monday to Friday, nine to six, where the house stands.

Its years are published by `manage.py publish_years`, from the libraries of public holidays.
"""

from datetime import time

from django.conf import settings
from django.db import migrations
from django.db.models.functions import Now

OPENS, CLOSES = time(9), time(18)
WEEKDAYS = range(5)
COUNTRIES = {"Asia/Shanghai": "CN"}


def ship(apps, schema_editor):
    zone = settings.TIME_ZONE
    calendar = apps.get_model("timekeeping", "Calendar").objects.create(
        name="Standard", time_zone=zone, country=COUNTRIES.get(zone, ""), is_default=True
    )
    window = apps.get_model("timekeeping", "WeeklyWindow")
    for weekday in WEEKDAYS:
        window.objects.create(calendar=calendar, weekday=weekday, opens=OPENS, closes=CLOSES)
    hours = [[f"{OPENS:%H:%M}", f"{CLOSES:%H:%M}"]]
    weekly = [hours if weekday in WEEKDAYS else [] for weekday in range(7)]
    apps.get_model("timekeeping", "Edition").objects.create(
        calendar=calendar, version=1, recorded_at=Now(),
        content={"zone": zone, "weekly": weekly, "days": {}, "names": {}, "years": [],
                 "awaits_years": bool(calendar.country)},
    )  # fmt: skip


def withdraw(apps, schema_editor):
    apps.get_model("timekeeping", "Edition").objects.all().delete()
    apps.get_model("timekeeping", "Calendar").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("timekeeping", "0002_calendars")]

    operations = [migrations.RunPython(ship, withdraw)]
