"""Keeping the database quick (データベースの手入れ).

Owns two jobs: finished jobs are gone after an hour, what failed stays to be looked at; and SQLite's planner gets its
statistics.
"""

from io import StringIO

from django.core.management import call_command

from dokodemo.kernel.jobs import job
from dokodemo.kernel.sqlite import statistics


@job
def prune() -> None:
    """Delete jobs that finished more than an hour ago."""
    # It prints what it deleted whatever its verbosity; what it warns of still comes.
    call_command("ox_prune", older_than="1h", stdout=StringIO())


@job
def gather_statistics() -> None:
    """Daily: how many rows each index tells apart."""
    statistics.gather_statistics()
