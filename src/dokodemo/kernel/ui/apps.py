"""Layout, components, forms and texts of every screen (画面). Never reads a domain."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the app `ui`."""

    name = "dokodemo.kernel.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"
