"""Issued letters and certificates (証明・通知). Never decides a case."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """Registers the app `certificates`."""

    name = "dokodemo.administration.certificates"
    label = "certificates"
    default_auto_field = "django.db.models.BigAutoField"
