"""The database itself refuses to change or remove what was logged (追記専用)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [Guard("events_event"), Guard("events_seal")]
