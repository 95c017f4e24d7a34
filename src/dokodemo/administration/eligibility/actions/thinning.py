"""Thinning old runs (判定記録の整理): what nobody acted on is not kept for every night.

Owns which decisions go. Those an offer stands on stay, and so does the first run of each month whole; counts stay too.
"""

from datetime import date, timedelta

from django.db import transaction

from dokodemo.administration.eligibility import events as verbs
from dokodemo.administration.eligibility.models import Decision, Inputs, Offer, Run
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden

KEPT_WHOLE = timedelta(days=14)
BATCH = 2000


def thin_runs(*, actor: Actor, on: date | None = None) -> int:
    """Delete decisions of runs older than KEPT_WHOLE that no offer stands on, and facts nothing stands on any more; how
    many decisions went.

    The newest run, and the first of each month, stay whole. One event for each run that changed. Raises Forbidden unless
    the system acts.
    """
    if actor.kind != "system":
        raise Forbidden
    runs = list(Run.objects.filter(finished_at__isnull=False).order_by("day", "finished_at"))
    first_of_month = {run.day.replace(day=1): run.pk for run in reversed(runs)}
    whole = {*first_of_month.values(), *(run.pk for run in runs[-1:])}
    before = (on or calendar_jp.today()) - KEPT_WHOLE
    gone = sum(_thin(actor, run) for run in runs if run.day < before and run.pk not in whole)
    if gone:
        _forget_inputs()
    return gone


@transaction.atomic
def _thin(actor: Actor, run: Run) -> int:
    offered = Offer.objects.filter(decision__judged__run=run).values("decision_id")
    rows = Decision.objects.filter(judged__run=run).exclude(pk__in=offered)
    gone = rows.count()
    if gone:
        rows._raw_delete(Decision.objects.db)
        events.record(
            verbs.RUN_THINNED,
            actor=actor,
            object=("eligibility_run", run.pk),
            refs={"day": run.day.isoformat()},
            numbers={"decisions": gone},
        )
    return gone


def _forget_inputs() -> None:
    """Facts on which no decision stands any more, a batch at a time."""
    used = Decision.objects.values("inputs_id")
    unused = list(Inputs.objects.exclude(pk__in=used).values_list("pk", flat=True))
    for start in range(0, len(unused), BATCH):
        Inputs.objects.filter(pk__in=unused[start : start + BATCH]).delete()
