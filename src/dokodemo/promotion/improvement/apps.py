"""From what people find wanting to what the city changes (改善の循環). Never changes an action plan but through its draft."""

from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    """Registers the app `improvement`."""

    name = "dokodemo.promotion.improvement"
    label = "improvement"
    default_auto_field = "django.db.models.BigAutoField"
