"""The database itself refuses to change an observed value (観測値の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_observations")]
    operations = [Guard("indicators_observation")]
