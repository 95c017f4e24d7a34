"""The database itself refuses to change an answer, a confirmed sheet or what was published (回答と公表値の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("national", "0001_initial")]
    operations = [
        Guard("national_answer"),
        Guard("national_confirmedsheet"),
        Guard("national_edition"),
        Guard("national_municipality"),
    ]
