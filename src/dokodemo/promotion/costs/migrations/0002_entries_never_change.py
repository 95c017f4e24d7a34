"""The database itself refuses to change what was entered (登録の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("costs", "0001_initial")]
    operations = [Guard("costs_costentry")]
