"""The database itself refuses to change what was said of tasks and systems (履歴の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("reform", "0001_initial")]
    operations = [Guard("reform_taskchange"), Guard("reform_systemstate")]
