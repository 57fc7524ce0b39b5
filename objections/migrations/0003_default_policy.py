"""The promises as they are shipped: allowances and ladders that an administrator can change.

Each figure is the one that the domain's page of promises gives.
"""

from datetime import timedelta

from django.db import migrations


def minutes(n):
    return timedelta(minutes=n)


def hours(n):
    return timedelta(hours=n)


def days(n):
    return timedelta(days=n)


# Rungs are (offset or percent from the due moment, level).
ACK_15 = [(minutes(-5), 0), (minutes(-2), 0), (minutes(0), 1), (minutes(15), 2), (minutes(45), 3)]
ACK_LONGER = [(-33, 0), (-13, 0), (0, 1), (100, 2), (300, 3)]
RESPONSE = [(hours(-6), 0), (hours(-2), 0), (hours(0), 1), (hours(2), 2), (hours(8), 3)]
FOLLOW_UP = [(days(-1), 0), (days(0), 1), (days(1), 2)]
OTHERS = [(-25, 0), (0, 1), (100, 2)]

# promise, kind, urgency, allowance, unit, rungs
ALLOWANCES = [
    ("acknowledgement", "", "", minutes(15), "elapsed", ACK_15),
    ("acknowledgement", "inquiry", "crisis", minutes(15), "elapsed", ACK_15),
    ("acknowledgement", "inquiry", "urgent", minutes(30), "elapsed", ACK_LONGER),
    ("acknowledgement", "inquiry", "normal", hours(2), "elapsed", ACK_LONGER),
    ("acknowledgement", "thanks", "", hours(2), "elapsed", ACK_LONGER),
    ("response", "", "", hours(24), "elapsed", RESPONSE),
    ("follow_up", "", "", days(3), "elapsed", FOLLOW_UP),
    ("progress_update", "", "", hours(8), "elapsed", OTHERS),
    ("progress_update", "", "crisis", minutes(30), "elapsed", OTHERS),
    ("commitment", "", "", None, "elapsed", OTHERS),
    ("hand_over", "", "", hours(4), "working", OTHERS),
    ("customer_message", "", "", hours(4), "working", OTHERS),
]

# Of each role, what it may promise without asking, in the house's currency.
LIMITS = {"engineer": 1_000, "supervisor": 20_000, "manager": 200_000}


def ship(apps, schema_editor):
    policy = apps.get_model("objections", "Policy").objects.create(
        name="Standard", version=1, in_force=True
    )
    allowance_model = apps.get_model("objections", "Allowance")
    rung_model = apps.get_model("objections", "Rung")
    for promise, kind, urgency, length, unit, rungs in ALLOWANCES:
        pausable = promise == "response"
        allowance = allowance_model.objects.create(
            policy=policy, promise=promise, kind=kind, urgency=urgency, length=length, unit=unit,
            pause_maximum=hours(8) if pausable else None,
            pauses_per_cycle=2 if pausable else 0,
        )  # fmt: skip
        for when, level in rungs:
            by_length = isinstance(when, timedelta)
            rung_model.objects.create(
                allowance=allowance, level=level, offset=when if by_length else None,
                percent=None if by_length else when,
            )  # fmt: skip
    limits = apps.get_model("objections", "RemedyLimit")
    for role, amount in LIMITS.items():
        limits.objects.create(role=role, amount=amount)


def withdraw(apps, schema_editor):
    apps.get_model("objections", "Policy").objects.filter(name="Standard", version=1).delete()
    apps.get_model("objections", "RemedyLimit").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("objections", "0002_guards")]

    operations = [migrations.RunPython(ship, withdraw)]
