"""Following the plan by mail (計画をメールで追う): who wants to hear what, and what each has been told."""

from django.apps import AppConfig


class FollowingConfig(AppConfig):
    """Registers the app `following`."""

    name = "dokodemo.promotion.following"
    label = "following"
    default_auto_field = "django.db.models.BigAutoField"
