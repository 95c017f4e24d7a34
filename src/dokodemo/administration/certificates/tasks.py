"""Background work on documents (定期処理).

Owns one job. Never contains logic: an action does.
"""

from dokodemo.administration.certificates import actions
from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job


@job
def sweep_files() -> None:
    """Daily: delete files of documents that never became valid."""
    actions.sweep_files(actor=system("certificates"))
