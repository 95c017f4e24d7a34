"""Training of staff (研修・人材育成): courses, who is up to date, what people can do. Never judges a person's work."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Registers the app `training`."""

    name = "dokodemo.promotion.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"
