"""Cards, templates and terms as they are shipped: rows that the administrator may change.

They go into tables that are empty. A later version never writes over what people changed.
"""

from django.db import migrations

from knowledge.shipped import ship


def fill(apps, schema_editor):
    ship(
        apps.get_model("knowledge", "PlaybookCard"),
        apps.get_model("knowledge", "ReplyTemplate"),
        apps.get_model("knowledge", "JargonTerm"),
    )


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
