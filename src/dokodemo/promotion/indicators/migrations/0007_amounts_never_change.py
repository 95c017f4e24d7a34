"""The database itself refuses to change an amount kept of a month (月ごとの量の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("indicators", "0006_surveys_and_amounts")]
    operations = [Guard("indicators_monthlyamount")]
