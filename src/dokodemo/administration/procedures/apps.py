"""Procedure definitions and their published versions (手続). Never handles a filed case."""

from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    """Registers the app `procedures`."""

    name = "dokodemo.administration.procedures"
    label = "procedures"
    default_auto_field = "django.db.models.BigAutoField"
