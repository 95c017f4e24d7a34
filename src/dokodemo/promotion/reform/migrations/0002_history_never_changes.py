"""The database itself refuses to change what was said of tasks and systems (履歴の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import guard


class Migration(migrations.Migration):
    dependencies = [("reform", "0001_initial")]
    operations = [guard("reform_taskchange"), guard("reform_systemstate")]
