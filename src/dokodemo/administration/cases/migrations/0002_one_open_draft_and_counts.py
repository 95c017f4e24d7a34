"""One open draft for each matter; indexes from which the plan's numbers and the inbox are read."""

import django.db.models
from django.db import migrations, models
from django.db.models import F, Q


def fill_slots(apps, schema_editor):
    """Drafts begun before have a slot of their own each: they can be resumed, and a new start begins anew."""
    apps.get_model("cases", "Draft").objects.filter(slot__isnull=True).update(slot=F("id"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RemoveIndex("draft", "draft_open"),
        migrations.RemoveIndex("case", "case_inbox"),
        migrations.AddField("draft", "slot", models.UUIDField(null=True)),
        migrations.RunPython(fill_slots, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("draft", "slot", models.UUIDField()),
        migrations.AddConstraint(
            "draft",
            models.UniqueConstraint(
                fields=["slot"], condition=Q(closed_at__isnull=True), name="draft_one_open_per_slot"
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["section", "state", "due_on"], condition=Q(closed_at__isnull=True), name="case_open"
            ),
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["closed_at", "state", "due_on"], name="case_closed")
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["arrived_at", "channel", "answers_total", "answers_typed"], name="case_arrived"
            ),
        ),
    ]
