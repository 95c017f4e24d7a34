"""An adopted version keeps what was said of it in review (審査での意見)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0004_closed_plans_never_change")]
    operations = [
        # Without a default, so that SQLite adds a column and the table keeps its guard.
        migrations.AddField(model_name="actionplan", name="remarks", field=models.JSONField(null=True)),
    ]
