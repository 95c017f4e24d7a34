"""The database itself refuses to change or remove what was logged (追記専用)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import guard


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [guard("events_event"), guard("events_seal")]
