"""The city's inventory of procedures (行政手続等の棚卸). Never publishes a procedure and never handles a filed case."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """Registers the app `inventory`."""

    name = "dokodemo.administration.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
