"""Citizen surveys (市民アンケート): who is asked, what came back, what it means. Never ties an answer to a person."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Registers the app `surveys`."""

    name = "dokodemo.promotion.surveys"
    label = "surveys"
    default_auto_field = "django.db.models.BigAutoField"
