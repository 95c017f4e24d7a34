"""Background jobs of the inventory (非同期処理): one line each."""

from dokodemo.administration.inventory import searching
from dokodemo.kernel.jobs import job


@job
def prepare_search() -> None:
    """Make the search index of what is in force now."""
    searching.prepare()
