"""The database itself refuses to change an adopted version (版の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import guard


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial")]
    operations = [guard("plan_actionplan")]
