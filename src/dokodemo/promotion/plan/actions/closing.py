"""The end of a plan (計画の終了): it is closed once, and what it passed on is taken into its successor's action plan.

Owns closed plans. Never judges: what a final evaluation must hold is decided where it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden
from dokodemo.promotion.plan import events as verbs
from dokodemo.promotion.plan import policies, queries
from dokodemo.promotion.plan.actions.writing import Refused, changed, digest_of, of_state
from dokodemo.promotion.plan.definitions import Plan
from dokodemo.promotion.plan.logic import with_passed_on
from dokodemo.promotion.plan.models import DRAFT, PASS_ON, ClosedPlan, PlanDraft


@transaction.atomic
def close(
    *,
    actor: Actor,
    plan: Plan,
    evaluation: UUID,
    on: date,
    reason: str,
    content: Mapping[str, Any],
    handed: Sequence[Mapping[str, Any]],
) -> ClosedPlan:
    """Close a plan with its final evaluation, for good. Again with the same evaluation changes nothing.

    Raises Forbidden, and Refused before the plan's last day, for a day that is none of closing, or where it is closed otherwise.
    """
    if not policies.may_adopt(actor) or actor.account is None:
        raise Forbidden("The CIO closes a plan.")
    done = queries.closed(plan.code)
    if done is not None:
        if done.evaluation == evaluation:
            return done
        raise Refused("plan.fault.closed")
    if not plan.period.to <= on <= calendar_jp.today():
        raise Refused("plan.fault.closing_day")
    made = ClosedPlan.objects.create(
        plan=plan.code,
        evaluation=evaluation,
        on=on,
        reason=reason,
        content=dict(content),
        handed=[dict(one) for one in handed],
        digest=digest_of({"content": content, "handed": handed}),
        closed_at=calendar_jp.now(),
        closed_by=actor.account,
    )
    passed = sum(1 for one in handed if one["choice"] == PASS_ON)
    events.record(
        verbs.CLOSED,
        actor=actor,
        object=("closed_plan", made.pk),
        refs={"plan": plan.code},
        numbers={"rows": len(content["rows"]), "passed_on": passed, "ended": len(handed) - passed},
        digests={"content": made.digest},
    )
    return made


@transaction.atomic
def take_in(*, actor: Actor, draft_id: UUID, revision: int) -> PlanDraft:
    """Put what the plan before passed on, and is in no version yet, into a draft.

    Raises NotFound, Forbidden, ChangedMeanwhile, Refused where nothing waits.
    """
    draft = of_state(actor, draft_id, DRAFT, policies.coordinates, revision)
    plan = queries.plan_called(draft.plan)
    waiting = queries.waiting(plan) if plan is not None else []
    if plan is None or not waiting:
        raise Refused("plan.fault.nothing_waits")
    before = queries.predecessor(plan)
    actions = with_passed_on(queries.actions_of(draft), waiting, plan, before, draft.fiscal_year)
    return changed(actor, draft, actions, verbs.TAKEN_IN, "")
