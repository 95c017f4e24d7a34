"""Encryption of personal data at rest (暗号化). Never stores plaintext or keys in the database."""

from django.apps import AppConfig


class CryptoConfig(AppConfig):
    """Registers the app `crypto`."""

    name = "dokodemo.kernel.crypto"
    label = "crypto"
    default_auto_field = "django.db.models.BigAutoField"
