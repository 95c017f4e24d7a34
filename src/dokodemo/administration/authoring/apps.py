"""Procedures written and changed by staff (手続の編集). Never handles a filed case."""

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """Registers the app `authoring`."""

    name = "dokodemo.administration.authoring"
    label = "authoring"
    default_auto_field = "django.db.models.BigAutoField"
