"""Residents, households, mandates and linked sign-ins (住民・世帯・代理). Never processes My Number."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Registers the app `parties`."""

    name = "dokodemo.city.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
