"""The database itself refuses to change a closed plan (計画の終了の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("plan", "0003_closedplan")]
    operations = [Guard("plan_closedplan")]
