"""The national survey of municipal DX (自治体DX推進状況): the city's answers, and other cities' beside them. Never ranks."""

from django.apps import AppConfig


class NationalConfig(AppConfig):
    """Registers the app `national`."""

    name = "dokodemo.promotion.national"
    label = "national"
    default_auto_field = "django.db.models.BigAutoField"
