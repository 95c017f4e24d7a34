"""What came of a change (効果検証): estimates with intervals, logic models, effort saved. Never decides what to do about it."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Registers the app `evaluation`."""

    name = "dokodemo.promotion.evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"
