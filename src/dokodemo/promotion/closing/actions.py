"""Preparing the final evaluation of a plan and closing it (最終評価の作成・計画の終了).

Owns the only writes of this domain. What was closed is the plan's own record and changes no more: a draft of it is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events, text_jp
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.packs import LANGUAGES
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.closing import events as verbs
from dokodemo.promotion.closing import facts, logic, policies, queries
from dokodemo.promotion.closing.logic import ACTION, LONGEST
from dokodemo.promotion.closing.models import FinalEvaluation, FinalRow
from dokodemo.promotion.plan import actions as plan_actions
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.models import ClosedPlan


@transaction.atomic
def prepare(*, actor: Actor) -> FinalEvaluation:
    """Begin the final evaluation of the plan that is closed next, filled from the records, or go on with the one there is.

    Raises Forbidden, and Refused where every plan that has begun is closed.
    """
    if not policies.may_prepare(actor):
        raise Forbidden("Digital officers and the section that keeps the plan prepare its final evaluation.")
    plan = queries.to_close(calendar_jp.today())
    if plan is None:
        raise Refused({"begin": "closing.fault.none"})
    now = calendar_jp.now()
    made, new = FinalEvaluation.objects.get_or_create(
        plan=plan.code,
        defaults={
            "read_on": calendar_jp.today(),
            "begun_at": now,
            "begun_by": actor.account,
            "changed_at": now,
        },
    )
    if new:
        count = _read(made)
        events.record(
            verbs.PREPARED,
            actor=actor,
            object=("final_evaluation", made.pk),
            refs={"plan": plan.code},
            numbers={"rows": count},
        )
    return made


def _read(evaluation: FinalEvaluation) -> int:
    """Fill the rows from the records. What somebody wrote stays, also of an action the records no longer have."""
    there = {(row.kind, row.code): row for row in evaluation.rows.all()}
    found = facts.prefilled(queries.plan_of(evaluation))
    now = calendar_jp.now()
    for place, one in enumerate(found):
        row = there.pop((one.kind, one.code), None)
        if row is None:
            FinalRow.objects.create(
                evaluation=evaluation,
                place=place,
                kind=one.kind,
                code=one.code,
                facts=one.facts,
                changed_at=now,
            )
        elif row.facts != one.facts or row.place != place:
            row.facts, row.place, row.revision = one.facts, place, row.revision + 1
            row.save(update_fields=["facts", "place", "revision"])
    for row in there.values():
        if not row.said:
            row.delete()
    return len(found)


def _locked(actor: Actor, evaluation_id: UUID) -> FinalEvaluation:
    if not policies.may_read(actor):
        raise NotFound
    found = FinalEvaluation.objects.select_for_update().filter(pk=evaluation_id).first()
    if found is None:
        raise NotFound
    if plans.closed(found.plan) is not None:
        raise Refused({"rows": "plan.fault.closed"})
    return found


def _prepares(actor: Actor, evaluation_id: UUID) -> FinalEvaluation:
    found = _locked(actor, evaluation_id)
    if not policies.may_prepare(actor):
        raise Forbidden("Digital officers and the section that keeps the plan prepare its final evaluation.")
    return found


def _moved(evaluation: FinalEvaluation) -> None:
    evaluation.revision += 1
    evaluation.changed_at = calendar_jp.now()
    evaluation.save(update_fields=["revision", "changed_at", "summary", "read_on"])


@transaction.atomic
def read_again(*, actor: Actor, evaluation_id: UUID) -> FinalEvaluation:
    """Fill the rows from the records once more. Raises NotFound, Forbidden."""
    evaluation = _prepares(actor, evaluation_id)
    count = _read(evaluation)
    evaluation.read_on = calendar_jp.today()
    _moved(evaluation)
    events.record(
        verbs.READ_AGAIN, actor=actor, object=("final_evaluation", evaluation.pk), numbers={"rows": count}
    )
    return evaluation


@transaction.atomic
def keep_row(
    *, actor: Actor, evaluation_id: UUID, row_id: UUID, revision: int, judgement: str, words: str
) -> FinalRow:
    """Say how a row is judged and what was learned; of an action not achieved, whether it is passed on, and why.

    Raises NotFound, Forbidden, ChangedMeanwhile, and Refused with a text key for each box.
    """
    evaluation = _prepares(actor, evaluation_id)
    row = FinalRow.objects.select_for_update().filter(pk=row_id, evaluation=evaluation).first()
    if row is None:
        raise NotFound
    if row.revision != revision:
        raise ChangedMeanwhile
    said = words.strip()
    faults = logic.row_faults(row.kind, row.facts, judgement, said)
    if faults:
        raise Refused(faults)
    row.judgement, row.words, row.revision = judgement, said, revision + 1
    row.changed_at, row.changed_by = calendar_jp.now(), actor.account
    row.save(update_fields=["judgement", "words", "revision", "changed_at", "changed_by"])
    _moved(evaluation)
    events.record(
        verbs.ROW_KEPT,
        actor=actor,
        object=("final_evaluation", evaluation.pk),
        refs={"row": f"{row.kind}.{row.code}", "judgement": judgement or None},
        numbers={"revision": row.revision},
    )
    return row


@transaction.atomic
def keep_summary(
    *, actor: Actor, evaluation_id: UUID, revision: int, said: Mapping[str, str]
) -> FinalEvaluation:
    """Keep what residents are told of the whole, by language. Raises NotFound, Forbidden, ChangedMeanwhile, Refused."""
    evaluation = _prepares(actor, evaluation_id)
    if evaluation.revision != revision:
        raise ChangedMeanwhile
    summary = {lang: said.get(lang, "").strip() for lang in LANGUAGES}
    faults = {
        f"summary-{lang}": "closing.fault.long" for lang, text in summary.items() if len(text) > LONGEST
    }
    faults |= {
        f"summary-{lang}": "closing.fault.reading" for lang, text in summary.items() if not _readable(text)
    }
    if not summary["ja"] and any(summary.values()):
        faults["summary-ja"] = "closing.fault.summary"
    if faults:
        raise Refused(faults)
    evaluation.summary = summary
    _moved(evaluation)
    events.record(
        verbs.SUMMARY_KEPT,
        actor=actor,
        object=("final_evaluation", evaluation.pk),
        numbers={"revision": evaluation.revision},
    )
    return evaluation


def _readable(text: str) -> bool:
    """Whether its readings 《 》 can be set above the words."""
    try:
        text_jp.pieces(text)
    except text_jp.BadRuby:
        return False
    return True


@transaction.atomic
def close(
    *,
    actor: Actor,
    evaluation_id: UUID,
    revision: int,
    on: date | None,
    reason: str,
    despite_open: bool = False,
) -> ClosedPlan:
    """Close the plan with its final evaluation, for good (計画の終了). A second call gives what the first closed.

    `despite_open`: the reason says why reports of the last quarter are still open. Raises NotFound, Forbidden,
    ChangedMeanwhile, and Refused with a text key for each box.
    """
    if not policies.may_read(actor):
        raise NotFound
    if not policies.may_close(actor):
        raise Forbidden("The CIO closes a plan.")
    # Who waited here for another's closing finds the draft gone and the plan closed.
    waited = FinalEvaluation.objects.select_for_update().filter(pk=evaluation_id).first()
    done = ClosedPlan.objects.filter(evaluation=evaluation_id).first()
    if done is not None:
        return done
    if waited is None:
        raise NotFound
    evaluation = _locked(actor, evaluation_id)
    if evaluation.revision != revision:
        raise ChangedMeanwhile
    plan, today, said = queries.plan_of(evaluation), calendar_jp.today(), reason.strip()
    faults = logic.closing_faults(
        queries.standing(evaluation),
        last_day=plan.period.to,
        on=on,
        today=today,
        reason=said,
        despite_open=despite_open,
    )
    if faults or on is None:
        raise Refused(faults)
    rows = queries.rows_of(evaluation)
    content = {
        "read_on": evaluation.read_on.isoformat(),
        "summary": evaluation.summary,
        "open_reports": [one.code for one in facts.open_reports(plan)],
        "rows": [
            {
                "kind": one.kind,
                "code": one.code,
                "facts": one.facts,
                "judgement": one.judgement,
                "words": one.words,
            }
            for one in rows
        ],
    }
    handed = [
        {"action": one.facts["action"], "choice": one.judgement, "words": one.words}
        for one in rows
        if one.kind == ACTION and not one.finished
    ]
    made = plan_actions.close(
        actor=actor,
        plan=plan,
        evaluation=evaluation.pk,
        on=on,
        reason=said,
        content=content,
        handed=handed,
    )
    evaluation.delete()
    return made


@transaction.atomic
def paper_made(*, actor: Actor, plan: str, content: bytes) -> None:
    """Put on record that the paper of a final evaluation was made, with its digest: it is kept nowhere else."""
    if not policies.may_read(actor):
        raise NotFound
    done = plans.closed(plan)
    if done is None:
        raise NotFound
    events.record(
        verbs.PAPER_MADE,
        actor=actor,
        object=("closed_plan", done.pk),
        digests={"paper": hashlib.sha256(content).hexdigest()},
    )
