"""What staff see (職員の入口). No business rules."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Registers the app `office`."""

    name = "dokodemo.entry.office"
    label = "office"
    default_auto_field = "django.db.models.BigAutoField"
