"""Jobs of evaluations (効果検証のジョブ): one line each. What estimates weighs 130 MB and stays in no process that goes on."""

from uuid import UUID

from dokodemo.kernel.access import system
from dokodemo.kernel.jobs import job


@job
def estimate(evaluation_id: str) -> None:
    """Estimate one evaluation."""
    from dokodemo.promotion.evaluation import actions

    actions.estimate(actor=system("evaluation"), evaluation_id=UUID(evaluation_id))
