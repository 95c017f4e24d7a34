"""The database itself refuses to change what was taken in, said or assigned (履歴の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [
        Guard("inventory_surveyimport"),
        Guard("inventory_confirmation"),
        Guard("inventory_assignment"),
    ]
