"""The database itself refuses to change a kept month (月ごとの値の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]
    operations = [Guard("indicators_monthlyreading")]
