"""Waves published before there were publications have one, and the database refuses to change any (公表の不変)."""

from typing import Any

from django.db import migrations

from dokodemo.kernel.events.append_only import Guard


def _first_publications(apps: Any, editor: Any) -> None:
    waves, publications = apps.get_model("surveys", "Wave"), apps.get_model("surveys", "Publication")
    for wave in waves.objects.filter(state="published"):
        publications.objects.create(
            wave=wave, number=1, status="final", results=wave.results, published_on=wave.published_on
        )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_publications")]
    operations = [
        migrations.RunPython(_first_publications, migrations.RunPython.noop),
        Guard("surveys_publication"),
    ]
