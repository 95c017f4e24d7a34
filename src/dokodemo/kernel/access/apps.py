"""Who may: accounts, roles, actors (権限). Never knows a domain."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers the app `access`."""

    name = "dokodemo.kernel.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
