"""The guide for life events (ライフイベントの案内). Never decides a case."""

from django.apps import AppConfig


class GuidanceConfig(AppConfig):
    """Registers the app `guidance`."""

    name = "dokodemo.administration.guidance"
    label = "guidance"
    default_auto_field = "django.db.models.BigAutoField"
