"""Django, set up once for verbs that need the database (起動準備)."""

import django
from django.apps import apps


def ready() -> None:
    """Set Django up; a second call does nothing."""
    if not apps.ready:
        django.setup()
