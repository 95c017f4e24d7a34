"""Background jobs (非同期処理): a thin seam over django.tasks. Never contains business rules."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Registers the app `jobs`."""

    name = "dokodemo.kernel.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
