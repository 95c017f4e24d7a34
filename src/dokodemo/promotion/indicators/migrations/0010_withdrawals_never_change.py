"""The database itself refuses to change a withdrawal (取下げの不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("indicators", "0009_withdrawals")]
    operations = [Guard("indicators_withdrawal")]
