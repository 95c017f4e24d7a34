"""The append-only, sealed event log (監査証跡). Never holds personal data."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Registers the app `events`."""

    name = "dokodemo.kernel.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
