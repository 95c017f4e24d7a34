"""Whether and why someone is entitled (該当判定). Never decides a case."""

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    """Registers the app `eligibility`."""

    name = "dokodemo.administration.eligibility"
    label = "eligibility"
    default_auto_field = "django.db.models.BigAutoField"
