"""The database itself refuses to change an adopted version (版の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial")]
    operations = [Guard("plan_actionplan")]
