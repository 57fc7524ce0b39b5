"""The reminders as they are shipped: of the two promises that the customer waits for most."""

from datetime import timedelta

from django.db import migrations

# promise: every, at most
REMINDERS = {
    "acknowledgement": (timedelta(minutes=30), 8),
    "response": (timedelta(hours=4), 6),
}


def ship(apps, schema_editor):
    for promise, (every, most) in REMINDERS.items():
        allowances(apps, promise).update(remind_every=every, remind_at_most=most)


def withdraw(apps, schema_editor):
    for promise in REMINDERS:
        allowances(apps, promise).update(remind_every=None, remind_at_most=0)


def allowances(apps, promise):
    return apps.get_model("objections", "Allowance").objects.filter(
        policy__name="Standard", policy__version=1, promise=promise
    )


class Migration(migrations.Migration):
    dependencies = [("objections", "0010_seen_by_the_watch")]

    operations = [migrations.RunPython(ship, withdraw)]
