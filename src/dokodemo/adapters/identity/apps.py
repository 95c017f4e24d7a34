"""Sign-in providers (本人確認): the OIDC seam and its local twin 見本マイナ. Never decides who a resident is."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Registers the app `identity`."""

    name = "dokodemo.adapters.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
