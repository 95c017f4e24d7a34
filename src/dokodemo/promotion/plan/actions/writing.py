"""Writing the action plan (DXアクションプランの作成・決裁): a year is begun, written, reviewed and adopted.

Owns drafts, versions and remarks. An adopted version never changes: what changes is a draft, which becomes the next.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel import calendar_jp, events
from dokodemo.kernel.access import Actor, Forbidden, NotFound
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.refusals import ChangedMeanwhile
from dokodemo.promotion.plan import events as verbs
from dokodemo.promotion.plan import policies, queries
from dokodemo.promotion.plan.action_plan import (
    MOST_ACTIONS,
    Action,
    Around,
    Wrong,
    as_json,
    load_actions,
    read_action,
)
from dokodemo.promotion.plan.definitions import Plan
from dokodemo.promotion.plan.logic import carried, with_passed_on, without_measure
from dokodemo.promotion.plan.models import DRAFT, IN_REVIEW, ActionPlan, PlanDraft, Remark

LONGEST_REMARK = 2000


class Refused(Exception):
    """Something stands against it; `code` is the key of a fixed text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def begin(*, actor: Actor, fiscal_year: int, carry: Collection[str] | None = None) -> PlanDraft:
    """Begin the next version of a year, or go on with the one being written.

    It begins with the year's version in force; in a new year with the actions `carry` names (None: all) of the last year's,
    moved into the new one; in a city's first year with its pack's. What the plan before passed on and nobody took in yet
    stands in it too. Raises Forbidden, Refused.
    """
    if not policies.coordinates(actor):
        raise Forbidden("Digital officers and the section that keeps the plan begin an action plan.")
    if not 2000 <= fiscal_year <= 2100:
        raise Refused("plan.fault.year")
    plan = queries.plan_of_year(fiscal_year)
    if year_is_closed(plan.code, fiscal_year):
        raise Refused("plan.fault.closed")
    going_on = PlanDraft.objects.filter(plan=plan.code, fiscal_year=fiscal_year).first()
    if going_on is not None:
        return going_on
    based_on = queries.latest(fiscal_year)
    if based_on is not None:
        actions = queries.actions_of(based_on)
    else:
        before = queries.latest_before(fiscal_year)
        old = queries.actions_of(before) if before is not None else _of_the_pack(plan)
        actions = tuple(carried(one, fiscal_year) for one in old if carry is None or one.code in carry)
    actions = with_passed_on(actions, queries.waiting(plan), plan, queries.predecessor(plan), fiscal_year)
    now = calendar_jp.now()
    draft = PlanDraft.objects.create(
        plan=plan.code,
        fiscal_year=fiscal_year,
        content=content_of(actions),
        based_on=based_on,
        begun_at=now,
        begun_by=actor.account,
        changed_at=now,
    )
    events.record(
        verbs.BEGUN,
        actor=actor,
        object=("plan_draft", draft.pk),
        numbers={"fiscal_year": fiscal_year, "actions": len(actions)},
    )
    return draft


def _of_the_pack(plan: Plan) -> tuple[Action, ...]:
    """The pack's actions, which are those of its first plan."""
    if plan != queries.plans()[0]:
        return ()
    found = load_actions(open_pack(settings.DOKODEMO_PACK))
    return found.actions if found is not None else ()


@transaction.atomic
def load_sample(*, actor: Actor) -> ActionPlan | None:
    """For a demonstration: the pack's actions as adopted for their year, and carried into the present one.

    The version in force; None when there is any version already.
    """
    found = load_actions(open_pack(settings.DOKODEMO_PACK))
    plan = queries.plans()[0].code
    if found is None or ActionPlan.objects.filter(plan=plan).exists():
        return None
    version = _adopted(actor, plan, found.fiscal_year, content_of(found.actions), "", None)
    this = calendar_jp.fiscal_year(calendar_jp.today())
    if found.fiscal_year < this and queries.plan_of_year(this).code == plan:
        moved = [carried(one, this) for one in found.actions]
        version = _adopted(actor, plan, this, content_of(moved), "", None)
    return version


@transaction.atomic
def keep_action(
    *, actor: Actor, draft_id: UUID, revision: int, data: Mapping[str, Any], code: str | None = None
) -> PlanDraft:
    """Put an action into a draft, in the place of the one called `code` where that is given.

    Raises NotFound, Forbidden, ChangedMeanwhile, Refused, and Wrong with (key path, message) for data that is no action.
    """
    draft = _writable(actor, draft_id, revision)
    action = read_action(data)
    actions = list(queries.actions_of(draft))
    place = next((n for n, one in enumerate(actions) if one.code == code), None)
    if code is not None and place is None:
        raise NotFound
    sections = {action.section} | ({actions[place].section} if place is not None else set())
    if not policies.may_write(actor, sections):
        raise Forbidden("A head writes the actions of the own section.")
    # Where an action came from is on record, and not for its writers to say.
    action = action.model_copy(update={"origin": actions[place].origin if place is not None else None})
    faults = [
        (key, f"{name} does not exist")
        for key, _, name, _ in Around.of(
            queries.plan_called(draft.plan) or queries.plan(),
            sections={one.code for one in organisation.sections()},
            indicators=queries.indicator_codes(),
        ).unknown(action)
    ]
    if any(one.code == action.code for n, one in enumerate(actions) if n != place):
        faults.append(("code", "is already there"))
    if faults:
        raise Wrong(faults)
    if place is None:
        if len(actions) >= MOST_ACTIONS:
            raise Refused("plan.fault.too_many")
        actions.append(action)
    else:
        actions[place] = action
    return changed(actor, draft, actions, verbs.ACTION_KEPT, action.code)


@transaction.atomic
def take_out(*, actor: Actor, draft_id: UUID, revision: int, code: str) -> PlanDraft:
    """Take an action out of a draft. Raises NotFound, Forbidden, ChangedMeanwhile, Refused."""
    draft = _writable(actor, draft_id, revision)
    actions = queries.actions_of(draft)
    gone = next((one for one in actions if one.code == code), None)
    if gone is None:
        raise NotFound
    if not policies.may_write(actor, {gone.section}):
        raise Forbidden("A head takes out the actions of the own section.")
    return changed(actor, draft, [one for one in actions if one.code != code], verbs.ACTION_TAKEN_OUT, code)


def changed(actor: Actor, draft: PlanDraft, actions: Sequence[Action], verb: str, code: str) -> PlanDraft:
    """Write the actions of a draft, with one event; `code` is the action it is about, "" for several."""
    draft.content = content_of(actions)
    draft.revision += 1
    draft.changed_at = calendar_jp.now()
    draft.save(update_fields=["content", "revision", "changed_at"])
    events.record(
        verb,
        actor=actor,
        object=("plan_draft", draft.pk),
        refs={"action": code or None},
        numbers={"revision": draft.revision},
        digests={"content": digest_of(draft.content)},
    )
    return draft


@transaction.atomic
def send_to_review(*, actor: Actor, draft_id: UUID, revision: int) -> PlanDraft:
    """Hand a draft to the CIO.

    Raises NotFound, Forbidden, ChangedMeanwhile, Refused for a plan without actions, or with one that serves no measure of it.
    """
    draft = of_state(actor, draft_id, DRAFT, policies.coordinates, revision)
    if not draft.content["actions"]:
        raise Refused("plan.fault.empty")
    plan = queries.plan_called(draft.plan)
    if plan is not None and without_measure(queries.actions_of(draft), plan):
        raise Refused("plan.fault.no_home")
    return _moved(actor, draft, IN_REVIEW, verbs.SENT)


@transaction.atomic
def return_to_writers(*, actor: Actor, draft_id: UUID, revision: int, words: str) -> PlanDraft:
    """Give a draft back with a remark that says why. Raises NotFound, Forbidden, ChangedMeanwhile, Refused."""
    draft = of_state(actor, draft_id, IN_REVIEW, _reviews, revision)
    _remark(actor, draft, "", words)
    return _moved(actor, draft, DRAFT, verbs.RETURNED)


def _reviews(actor: Actor) -> bool:
    return policies.may_adopt(actor) or policies.coordinates(actor)


def _moved(actor: Actor, draft: PlanDraft, state: str, verb: str) -> PlanDraft:
    draft.state = state
    draft.revision += 1
    draft.changed_at = calendar_jp.now()
    draft.save(update_fields=["state", "revision", "changed_at"])
    events.record(verb, actor=actor, object=("plan_draft", draft.pk), numbers={"revision": draft.revision})
    return draft


@transaction.atomic
def adopt(*, actor: Actor, draft_id: UUID, revision: int, reason: str = "") -> ActionPlan:
    """Make a reviewed draft the version in force from now on (決裁), which keeps what was said of it; the draft is gone.

    Raises NotFound, Forbidden, ChangedMeanwhile, Refused while a remark is open.
    """
    draft = of_state(actor, draft_id, IN_REVIEW, policies.may_adopt, revision)
    if draft.remarks.filter(settled_at=None).exists():
        raise Refused("plan.fault.open_remarks")
    said = [
        {
            "action": one.action,
            "words": one.words,
            "made_at": one.made_at.isoformat(),
            "made_by": str(one.made_by),
        }
        for one in draft.remarks.all()
    ]
    why = reason.strip()[:LONGEST_REMARK]
    made = _adopted(actor, draft.plan, draft.fiscal_year, draft.content, why, actor.account, said)
    draft.delete()
    return made


def _adopted(
    actor: Actor,
    plan: str,
    fiscal_year: int,
    content: dict[str, Any],
    reason: str,
    by: UUID | None,
    remarks: Sequence[Mapping[str, str]] = (),
) -> ActionPlan:
    rows = ActionPlan.objects.filter(plan=plan, fiscal_year=fiscal_year)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    made = ActionPlan.objects.create(
        plan=plan,
        fiscal_year=fiscal_year,
        number=number,
        content=content,
        digest=digest_of(content),
        reason=reason,
        remarks=list(remarks) or None,
        adopted_at=calendar_jp.now(),
        adopted_by=by,
    )
    events.record(
        verbs.ADOPTED,
        actor=actor,
        object=("action_plan", made.pk),
        numbers={"fiscal_year": fiscal_year, "number": number, "actions": len(content["actions"])},
        digests={"content": made.digest},
    )
    return made


@transaction.atomic
def discard(*, actor: Actor, draft_id: UUID) -> None:
    """Give a draft up. A second call does nothing. Raises Forbidden."""
    if not policies.coordinates(actor):
        raise Forbidden("Digital officers and the section that keeps the plan give a draft up.")
    draft = PlanDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        return
    draft.delete()
    events.record(verbs.DISCARDED, actor=actor, object=("plan_draft", draft_id))


@transaction.atomic
def remark(*, actor: Actor, draft_id: UUID, words: str, action: str = "") -> Remark:
    """Say something on a draft or one of its actions. Raises NotFound, Refused for nothing said or too much."""
    draft = locked(actor, draft_id)
    if action and all(one.code != action for one in queries.actions_of(draft)):
        raise NotFound
    return _remark(actor, draft, action, words)


def _remark(actor: Actor, draft: PlanDraft, action: str, words: str) -> Remark:
    said = words.strip()
    if not said:
        raise Refused("plan.fault.no_words")
    if len(said) > LONGEST_REMARK:
        raise Refused("plan.fault.long_words")
    made = Remark.objects.create(
        draft=draft, action=action, words=said, made_at=calendar_jp.now(), made_by=actor.account
    )
    events.record(
        verbs.REMARKED, actor=actor, object=("plan_draft", draft.pk), refs={"action": action or None}
    )
    return made


@transaction.atomic
def settle(*, actor: Actor, remark_id: UUID) -> None:
    """Say that a remark is dealt with; its author, or who coordinates the plan. A second call does nothing."""
    if not policies.may_read(actor):
        raise NotFound
    found = Remark.objects.select_for_update().filter(pk=remark_id).first()
    if found is None:
        raise NotFound
    if not (policies.coordinates(actor) or found.made_by == actor.account):
        raise Forbidden("A remark is settled by its author or by who coordinates the plan.")
    if found.settled_at is not None:
        return
    found.settled_at, found.settled_by = calendar_jp.now(), actor.account
    found.save(update_fields=["settled_at", "settled_by"])
    events.record(verbs.SETTLED, actor=actor, object=("plan_draft", found.draft_id))


def locked(actor: Actor, draft_id: UUID) -> PlanDraft:
    """A draft locked for a change. Raises NotFound."""
    if not policies.may_read(actor):
        raise NotFound
    draft = PlanDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise NotFound
    return draft


def of_state(
    actor: Actor, draft_id: UUID, state: str, may: Callable[[Actor], bool], revision: int
) -> PlanDraft:
    """A draft locked for a change. Raises NotFound, Forbidden, ChangedMeanwhile, Refused."""
    draft = locked(actor, draft_id)
    if not may(actor):
        raise Forbidden("The state of an action plan is for those who coordinate it, adopting for the CIO.")
    if draft.revision != revision:
        raise ChangedMeanwhile
    if draft.state != state:
        raise Refused(f"plan.fault.not_{state}")
    if year_is_closed(draft.plan, draft.fiscal_year):
        raise Refused("plan.fault.closed")
    return draft


def _writable(actor: Actor, draft_id: UUID, revision: int) -> PlanDraft:
    return of_state(actor, draft_id, DRAFT, policies.may_write_some, revision)


def year_is_closed(code: str, fiscal_year: int) -> bool:
    """Whether a fiscal year belongs to a plan that was closed. A year after its last day goes on until a successor comes."""
    plan = queries.plan_called(code)
    if plan is None or fiscal_year > calendar_jp.fiscal_year(plan.period.to):
        return False
    return queries.closed(code) is not None


def content_of(actions: Sequence[Action]) -> dict[str, Any]:
    """Actions as a version keeps them."""
    return {"actions": [as_json(action) for action in actions]}


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of JSON written in one way."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
