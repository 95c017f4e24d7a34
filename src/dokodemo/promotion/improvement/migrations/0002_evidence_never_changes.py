"""The database itself refuses to change what somebody judged of a finding (根拠の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("improvement", "0001_initial")]
    operations = [Guard("improvement_evidence")]
