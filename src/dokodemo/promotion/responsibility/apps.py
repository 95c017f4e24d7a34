"""Who answers for what of the plan, and who holds its seats (責任者・推進体制). Never appoints anybody to a post."""

from django.apps import AppConfig


class ResponsibilityConfig(AppConfig):
    """Registers the app `responsibility`."""

    name = "dokodemo.promotion.responsibility"
    label = "responsibility"
    default_auto_field = "django.db.models.BigAutoField"
