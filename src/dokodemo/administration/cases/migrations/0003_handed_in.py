"""A draft says itself whether it reached the city."""

from django.db import migrations, models
from django.db.models import F, Q


def tell(apps, schema_editor):
    """Drafts that became a case or answered their correction were handed in."""
    drafts = apps.get_model("cases", "Draft").objects.filter(closed_at__isnull=False)
    corrected = list(drafts.filter(correction__answered_at=F("closed_at")).values_list("pk", flat=True))
    drafts.filter(Q(case__isnull=False) | Q(pk__in=corrected)).update(handed_in=True)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_one_open_draft_and_counts")]

    operations = [
        migrations.AddField("draft", "handed_in", models.BooleanField(default=False)),
        migrations.RunPython(tell, migrations.RunPython.noop, elidable=True),
    ]
