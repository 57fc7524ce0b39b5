"""The night in which no progress update falls due, as it is shipped. A crisis knows no night."""

from datetime import time

from django.db import migrations

NIGHT_FROM, NIGHT_UNTIL = time(21), time(8)


def ship(apps, schema_editor):
    allowances(apps).update(night_from=NIGHT_FROM, night_until=NIGHT_UNTIL)


def withdraw(apps, schema_editor):
    allowances(apps).update(night_from=None, night_until=None)


def allowances(apps):
    return apps.get_model("objections", "Allowance").objects.filter(
        policy__name="Standard", policy__version=1, promise="progress_update", kind="", urgency=""
    )


class Migration(migrations.Migration):
    dependencies = [("objections", "0005_nights_and_proofs")]

    operations = [migrations.RunPython(ship, withdraw)]
