"""The database itself refuses to change or remove a published version (版の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]
    operations = [Guard("procedures_procedureversion")]
