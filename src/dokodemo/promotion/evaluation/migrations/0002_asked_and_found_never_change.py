"""The database itself refuses to change what was asked, what came out and that it was published (効果検証の不変)."""

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0001_initial")]
    operations = [
        Guard("evaluation_evaluation"),
        Guard("evaluation_outcome"),
        Guard("evaluation_publication"),
    ]
