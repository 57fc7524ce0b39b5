"""The words of the cases that are there, and the shipped rule of two people."""

from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import Value

from objections.segmentation import words

TWO_PEOPLE_ABOVE = 50_000
BATCH = 2_000


def write_words(apps, schema_editor):
    case_text = apps.get_model("objections", "CaseText")
    case = apps.get_model("objections", "Case")
    rows = case.objects.filter(text__isnull=True).only(
        "title", "statement", "expectation", "already_tried"
    )
    for row in rows.iterator(chunk_size=BATCH):
        case_text.objects.create(case_id=row.pk, tokens=tokens(row))


def tokens(row):
    return (
        SearchVector(cut(row.title), config="simple", weight="A")
        + SearchVector(cut(row.statement), config="simple", weight="B")
        + SearchVector(cut(f"{row.expectation} {row.already_tried}"), config="simple", weight="C")
    )


def cut(text):
    return Value(" ".join(words(text)))


def ship_rule(apps, schema_editor):
    apps.get_model("objections", "ApprovalRule").objects.get_or_create(
        id=1, defaults={"two_people_above": TWO_PEOPLE_ABOVE}
    )


class Migration(migrations.Migration):
    dependencies = [("objections", "0014_inside_the_stages")]

    operations = [
        migrations.RunPython(write_words, migrations.RunPython.noop),
        migrations.RunPython(ship_rule, migrations.RunPython.noop),
    ]
