"""What people search for and do not find (探されて見つからない言葉). Never searches and never knows who searched."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """Registers the app `findings`."""

    name = "dokodemo.administration.findings"
    label = "findings"
    default_auto_field = "django.db.models.BigAutoField"
