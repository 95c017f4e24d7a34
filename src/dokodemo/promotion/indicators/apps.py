"""Numbers read from events and records (指標). Never typed in where the system knows them."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Registers the app `indicators`."""

    name = "dokodemo.promotion.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"
