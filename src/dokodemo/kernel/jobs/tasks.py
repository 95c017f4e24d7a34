"""Keeping the job table small (ジョブの整理).

Owns one job. Finished jobs are gone after an hour; what failed stays to be looked at.
"""

from django.core.management import call_command

from dokodemo.kernel.jobs import job


@job
def prune() -> None:
    """Delete jobs that finished more than an hour ago."""
    call_command("ox_prune", older_than="1h", verbosity=0)
