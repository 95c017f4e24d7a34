"""Applications from draft to decision (申請・審査). Never defines a procedure."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers the app `cases`."""

    name = "dokodemo.administration.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
