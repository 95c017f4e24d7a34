"""What residents and businesses see (市民の入口). No business rules."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registers the app `portal`."""

    name = "dokodemo.entry.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"
