"""Work reform (業務改革): the city's internal tasks, what could be lighter, what became of it. Never does a task itself."""

from django.apps import AppConfig


class ReformConfig(AppConfig):
    """Registers the app `reform`."""

    name = "dokodemo.promotion.reform"
    label = "reform"
    default_auto_field = "django.db.models.BigAutoField"
