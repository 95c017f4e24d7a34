"""Background jobs (非同期処理): a thin seam over Django's tasks.

Owns the decorator `job`. Never contains a business rule: a job's body is one line that calls an action. Jobs run at least
once, so an action decides by the state of its rows whether there is anything left to do.
"""

from django.tasks import task as job

__all__ = ["job"]
