"""The end of a plan: its final evaluation (計画の終了・最終評価). Never counts what the plan's own records count."""

from django.apps import AppConfig


class ClosingConfig(AppConfig):
    """Registers the app `closing`."""

    name = "dokodemo.promotion.closing"
    label = "closing"
    default_auto_field = "django.db.models.BigAutoField"
