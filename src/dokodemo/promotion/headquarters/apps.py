"""The headquarters of the plan: reports, assessments, meetings (DX推進本部). Never changes an action plan by itself."""

from django.apps import AppConfig


class HeadquartersConfig(AppConfig):
    """Registers the app `headquarters`."""

    name = "dokodemo.promotion.headquarters"
    label = "headquarters"
    default_auto_field = "django.db.models.BigAutoField"
