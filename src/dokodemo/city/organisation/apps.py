"""Sections, posts and appointments (組織・任用). Never decides what a role may do in a domain."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Registers the app `organisation`."""

    name = "dokodemo.city.organisation"
    label = "organisation"
    default_auto_field = "django.db.models.BigAutoField"
