"""Jobs of the editor (手続の公開日): one line each."""

from dokodemo.administration.authoring import actions
from dokodemo.kernel.jobs import job


@job
def publish_due() -> None:
    """Put in force what was approved for today or earlier."""
    actions.publish_due()
