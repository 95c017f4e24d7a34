"""What is written of evaluations (効果検証の記録): asking, estimating, publishing; effort kept and withdrawn.

Owns the only writes of this domain. Never changes what was asked or what came out: another look is another evaluation.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.promotion.evaluation import events as verbs
from dokodemo.promotion.evaluation import policies, queries, tasks
from dokodemo.promotion.evaluation.apart import apart
from dokodemo.promotion.evaluation.asking import Question, Told
from dokodemo.promotion.evaluation.estimation import Result, evaluate
from dokodemo.promotion.evaluation.models import EffortRecord, Evaluation, Outcome, Publication
from dokodemo.promotion.evaluation.reading import Fault, Refused
from dokodemo.promotion.evaluation.series import lacks, refusals


class NotYet(Exception):
    """It is still being estimated: there is nothing to publish."""


def _needs_writer(actor: Actor) -> None:
    if not policies.may_look(actor):
        raise NotFound
    if not policies.may_write(actor):
        raise Forbidden("Only digital officers and heads of section write evaluations.")


@transaction.atomic
def submit(*, actor: Actor, question: Question) -> UUID:
    """Keep a question and have it estimated; where the data is too little, the means are its outcome at once.

    Raises NotFound, Forbidden, Refused.
    """
    _needs_writer(actor)
    wrong = refusals(question.series, question.change)
    if wrong:
        raise Refused([Fault("change", f"evaluation.refused.{reason}") for reason in wrong])
    made = Evaluation.objects.create(
        title=question.title,
        measure=question.measure,
        indicator=question.indicator,
        kind=question.kind,
        unit=question.unit,
        change_month=question.change,
        series=queries.kept_series(question.series),
        happened=[[f"{month:%Y-%m}", words] for month, words in question.happened],
        by=actor.account,
        at=calendar_jp.now(),
    )
    events.record(
        verbs.SUBMITTED,
        actor=actor,
        object=("evaluation", made.pk),
        refs={"measure": question.measure, "indicator": question.indicator},
        numbers={"months": len(question.series)},
    )
    if lacks(question.series, question.change):
        # Means need no library, so they are there when the page comes.
        _keep(actor, made, evaluate(question.series, question.change, question.kind))
    else:
        tasks.estimate.enqueue(str(made.pk))
    return made.pk


def estimate(*, actor: Actor, evaluation_id: UUID) -> None:
    """Estimate what was asked, unless that was done. The work is done before the database is locked for writing, and by
    another process.
    """
    found = Evaluation.objects.filter(pk=evaluation_id, outcome=None).first()
    if found is None:
        return
    result = apart(evaluate, queries.series_of(found), found.change_month, queries.kind_of(found))
    with transaction.atomic():
        _keep(actor, found, result)


def _keep(actor: Actor, evaluation: Evaluation, result: Result) -> None:
    _, new = Outcome.objects.get_or_create(
        evaluation=evaluation,
        defaults={"estimated": not result.lacks, "result": result.as_json(), "at": calendar_jp.now()},
    )
    if new:
        events.record(
            verbs.ESTIMATED,
            actor=actor,
            object=("evaluation", evaluation.pk),
            numbers={"estimated": int(not result.lacks)},
        )


@transaction.atomic
def publish(*, actor: Actor, evaluation_id: UUID) -> None:
    """Publish an evaluation as it is; a second time nothing happens. Raises NotFound, Forbidden, NotYet."""
    _needs_writer(actor)
    found = Evaluation.objects.filter(pk=evaluation_id).first()
    if found is None:
        raise NotFound
    if not Outcome.objects.filter(evaluation=found).exists():
        raise NotYet
    _, new = Publication.objects.get_or_create(
        evaluation=found, defaults={"by": actor.account, "at": calendar_jp.now()}
    )
    if new:
        events.record(verbs.PUBLISHED, actor=actor, object=("evaluation", found.pk))


@transaction.atomic
def keep_effort(*, actor: Actor, told: Told) -> UUID:
    """Keep the effort of a task over a period. Raises NotFound, Forbidden, Refused when totals would miss a record."""
    _needs_writer(actor)
    if EffortRecord.objects.filter(withdrawn_at=None).count() >= queries.MOST_RECORDS:
        raise Refused([Fault("task", "evaluation.ask.full", {"most": f"{queries.MOST_RECORDS:,}"})])
    effort = told.effort
    made = EffortRecord.objects.create(
        task=told.task,
        measure=told.measure,
        from_month=told.first,
        to_month=told.last,
        cases=effort.cases,
        minutes_before=effort.before,
        minutes_after=effort.after,
        before_basis=effort.before_basis,
        after_basis=effort.after_basis,
        build_hours=effort.build,
        upkeep_hours=effort.upkeep,
        by=actor.account,
        at=calendar_jp.now(),
    )
    events.record(
        verbs.EFFORT_KEPT,
        actor=actor,
        object=("effort_record", made.pk),
        refs={"measure": told.measure, "basis": effort.basis},
        numbers={"cases": effort.cases},
    )
    return made.pk


@transaction.atomic
def withdraw_effort(*, actor: Actor, record_id: UUID) -> None:
    """Take a record out of the totals for good; a second time nothing happens. Raises NotFound, Forbidden."""
    _needs_writer(actor)
    found = EffortRecord.objects.select_for_update().filter(pk=record_id).first()
    if found is None:
        raise NotFound
    if found.withdrawn_at is not None:
        return
    found.withdrawn_at, found.withdrawn_by = calendar_jp.now(), actor.account
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    events.record(verbs.EFFORT_WITHDRAWN, actor=actor, object=("effort_record", found.pk))
