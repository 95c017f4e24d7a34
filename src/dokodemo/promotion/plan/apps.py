"""The city's plan: strategies, measures, targets (計画). Never computes an indicator."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Registers the app `plan`."""

    name = "dokodemo.promotion.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"
