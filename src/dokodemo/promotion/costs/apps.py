"""What a procedure costs the city in a year (手続の費用). Never counts cases: the cases do."""

from django.apps import AppConfig


class CostsConfig(AppConfig):
    """Registers the app `costs`."""

    name = "dokodemo.promotion.costs"
    label = "costs"
    default_auto_field = "django.db.models.BigAutoField"
