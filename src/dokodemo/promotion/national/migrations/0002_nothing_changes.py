"""The database itself refuses to change an answer, a confirmed sheet or what was published (回答と公表値の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import guard


class Migration(migrations.Migration):
    dependencies = [("national", "0001_initial")]
    operations = [
        guard("national_answer"),
        guard("national_confirmedsheet"),
        guard("national_edition"),
        guard("national_municipality"),
    ]
