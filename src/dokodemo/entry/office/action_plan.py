"""The action plan for staff (DXアクションプラン): as of a day, its versions, the draft of the next, and what is done with it.

Owns the screens. Who may read and write, and what stands against it, is decided by the plan's own actions and queries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.drafts import plain_yaml
from dokodemo.entry.office import pages
from dokodemo.entry.office.action_words import Names, fields
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.as_of import as_of
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.refusals import ChangedMeanwhile
from dokodemo.promotion.improvement import queries as improvement
from dokodemo.promotion.plan import actions, logic, policies, queries
from dokodemo.promotion.plan.action_plan import Action
from dokodemo.promotion.plan.actions import Refused
from dokodemo.promotion.plan.models import ActionPlan, PlanDraft

TAB = "actions"


@needs_staff
@require_safe
def actions_in_force(request: Request) -> HttpResponse:
    """The version in force on a day, the versions there are, and what is being written."""
    day = as_of(request)
    versions, drafts = queries.versions(request.actor), queries.drafts(request.actor)
    version = queries.in_force(day.on)
    years = _years(versions, drafts)
    context = {
        **listed(request, version),
        "plan": queries.plan(day.on),
        "day": day,
        "errors": pages.errors(request, [("on", day.wrong)] if day.wrong else []),
        "version": version,
        "versions": versions,
        "drafts": drafts,
        "years": [
            (year, calendar_jp.fiscal_year_label(year, request.lang), _carried_into(request, year, version))
            for year in years
        ]
        if policies.coordinates(request.actor)
        else [],
    }
    return pages.show(request, "office/plan/actions.html", context, status=day.status, tab=TAB)


def _years(versions: Sequence[ActionPlan], drafts: Sequence[PlanDraft]) -> list[int]:
    """The fiscal years a version may be begun for: this one and the next, unless it is being written already."""
    this = calendar_jp.fiscal_year(calendar_jp.today())
    writing = {draft.fiscal_year for draft in drafts}
    years = (year for year in (this, this + 1) if year not in writing)
    return [year for year in years if not actions.year_is_closed(queries.plan_of_year(year).code, year)]


def _carried_into(request: Request, year: int, version: ActionPlan | None) -> list[Action]:
    """The actions a new year could begin with; none where the year has a version to go on from."""
    if version is None or version.fiscal_year >= year or queries.latest(year) is not None:
        return []
    if version.plan != queries.plan_of_year(year).code:
        return []
    return list(queries.actions_of(version))


@needs_staff
@require_safe
def actions_version(request: Request, version_id: UUID) -> HttpResponse:
    """One adopted version."""
    version = queries.get_version(request.actor, version_id)
    found, said = listed(request, version), queries.said_of(version)
    names = organisation.staff_names({one.made_by for one in said})
    titles = {code: row["action"].title for code, row in found["rows"].items()}
    context = {
        **found,
        "version": version,
        "before": queries.version_before(version),
        "remarks": [(one, names.get(one.made_by, ""), titles.get(one.action)) for one in said],
    }
    return pages.show(request, "office/plan/version.html", context, tab=TAB)


@needs_staff
@require_safe
def actions_export(request: Request, version_id: UUID) -> HttpResponse:
    """A version as the file of a pack."""
    version = queries.get_version(request.actor, version_id)
    response = HttpResponse(
        _as_file(version.pk, version.fiscal_year), content_type="application/yaml; charset=utf-8"
    )
    response.headers["Content-Disposition"] = content_disposition_header(True, "actions.yaml") or ""
    response.headers["Cache-Control"] = "private, no-store"
    return response


@lru_cache(maxsize=4)
def _as_file(version_id: UUID, fiscal_year: int) -> bytes:
    # A version never changes, and a long one takes most of a second to be written.
    return plain_yaml({"fiscal_year": fiscal_year, **queries.content_of(version_id)}).encode()


@needs_staff
@require_safe
def actions_version_difference(request: Request, version_id: UUID) -> HttpResponse:
    """What a version changed against the one before it."""
    version = queries.get_version(request.actor, version_id)
    before = queries.version_before(version)
    context = {"version": version, "before": before, **_changes(request, before, version)}
    return pages.show(request, "office/plan/difference.html", context, tab=TAB)


@needs_staff
@require_safe
def actions_draft(request: Request, draft_id: UUID) -> HttpResponse:
    """The version being written: its actions, the remarks, and what can be done with it."""
    return _draft(request, queries.get_draft(request.actor, draft_id))


@needs_staff
@require_safe
def actions_draft_difference(request: Request, draft_id: UUID) -> HttpResponse:
    """What a draft changes against the version it began from."""
    draft = queries.get_draft(request.actor, draft_id)
    before = draft.based_on or queries.latest_before(draft.fiscal_year)
    context = {"draft": draft, "before": before, **_changes(request, before, draft)}
    return pages.show(request, "office/plan/difference.html", context, tab=TAB)


def _draft(
    request: Request, draft: PlanDraft, *, code: str = "", box: str = "", words: str = "", status: int = 200
) -> HttpResponse:
    """The page of a draft, with what stands against what was tried."""
    actor, found = request.actor, listed(request, draft)
    writes = draft.state == "draft"
    for row in found["rows"].values():
        row["writes"] = writes and policies.may_write(actor, {row["action"].section})
    waiting = queries.waiting(queries.plan_of(draft)) if writes and policies.coordinates(actor) else []
    remarks = queries.remarks(draft)
    names = organisation.staff_names({one.made_by for one in remarks})
    titles = {code: row["action"].title for code, row in found["rows"].items()}
    context = {
        **found,
        "draft": draft,
        "writes": writes and policies.may_write_some(actor),
        "sends": writes and policies.coordinates(actor),
        "returns": not writes and (policies.may_adopt(actor) or policies.coordinates(actor)),
        "adopts": not writes and policies.may_adopt(actor),
        "discards": policies.coordinates(actor),
        "remarks": [
            {
                "remark": one,
                "by": names.get(one.made_by, ""),
                "about": titles.get(one.action),
                "settles": one.settled_at is None
                and (policies.coordinates(actor) or one.made_by == actor.account),
            }
            for one in remarks
        ],
        "waiting": len(waiting),
        "open_remarks": sum(1 for one in remarks if one.settled_at is None),
        "wrong": {box: code} if code else {},
        "errors": pages.errors(request, [(box, code)] if code else []),
        "typed": words,
    }
    return pages.show(request, "office/plan/draft.html", context, status=status, tab=TAB)


@needs_staff
@require_POST
def actions_begin(request: Request) -> HttpResponse:
    """Begin the next version of a year."""
    text = request.POST.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    carry = request.POST.getlist("carry") if "choose" in request.POST else None
    try:
        draft = actions.begin(actor=request.actor, fiscal_year=year, carry=carry)
    except Refused as refused:
        pages.tell(request, refused.code)
        return HttpResponseRedirect(reverse("office:actions"))
    return HttpResponseRedirect(reverse("office:actions_draft", args=[draft.pk]))


@needs_staff
@require_POST
def actions_act(request: Request, draft_id: UUID) -> HttpResponse:
    """Something done with a draft: sent, given back, adopted, given up, remarked, an action taken out."""
    post = request.POST
    act = _ACTS.get(post.get("act", ""))
    draft = queries.get_draft(request.actor, draft_id)
    if act is None:
        return _draft(request, draft, code="plan.fault.no_act", box="acts", status=422)
    words = post.get("words", "")
    try:
        where = act(request, draft_id, pages.revision(request))
    except ChangedMeanwhile:
        found = queries.get_draft(request.actor, draft_id)
        return _draft(request, found, code="plan.fault.meanwhile", box="acts", words=words, status=409)
    except Refused as refused:
        found = queries.get_draft(request.actor, draft_id)
        box = "words" if refused.code.endswith("_words") else "acts"
        return _draft(request, found, code=refused.code, box=box, words=words, status=422)
    pages.tell(request, f"plan.done.{post['act']}")
    return HttpResponseRedirect(where)


def _send(request: Request, draft_id: UUID, revision: int) -> str:
    actions.send_to_review(actor=request.actor, draft_id=draft_id, revision=revision)
    return reverse("office:actions_draft", args=[draft_id])


def _return(request: Request, draft_id: UUID, revision: int) -> str:
    words = request.POST.get("words", "")
    actions.return_to_writers(actor=request.actor, draft_id=draft_id, revision=revision, words=words)
    return reverse("office:actions_draft", args=[draft_id])


def _adopt(request: Request, draft_id: UUID, revision: int) -> str:
    made = actions.adopt(
        actor=request.actor, draft_id=draft_id, revision=revision, reason=request.POST.get("words", "")
    )
    return reverse("office:actions_version", args=[made.pk])


def _discard(request: Request, draft_id: UUID, revision: int) -> str:
    actions.discard(actor=request.actor, draft_id=draft_id)
    return reverse("office:actions")


def _remark(request: Request, draft_id: UUID, revision: int) -> str:
    words, about = request.POST.get("words", ""), request.POST.get("about", "")
    actions.remark(actor=request.actor, draft_id=draft_id, words=words, action=about)
    return f"{reverse('office:actions_draft', args=[draft_id])}#remarks"


def _take_out(request: Request, draft_id: UUID, revision: int) -> str:
    code = request.POST.get("code", "")
    actions.take_out(actor=request.actor, draft_id=draft_id, revision=revision, code=code)
    return reverse("office:actions_draft", args=[draft_id])


def _take_in(request: Request, draft_id: UUID, revision: int) -> str:
    actions.take_in(actor=request.actor, draft_id=draft_id, revision=revision)
    return reverse("office:actions_draft", args=[draft_id])


_ACTS: Mapping[str, Callable[[Request, UUID, int], str]] = {
    "send": _send,
    "return": _return,
    "adopt": _adopt,
    "discard": _discard,
    "remark": _remark,
    "take_out": _take_out,
    "take_in": _take_in,
}


@needs_staff
@require_POST
def actions_settle(request: Request, draft_id: UUID, remark_id: UUID) -> HttpResponse:
    """Say that a remark is dealt with."""
    queries.get_draft(request.actor, draft_id)
    actions.settle(actor=request.actor, remark_id=remark_id)
    return HttpResponseRedirect(f"{reverse('office:actions_draft', args=[draft_id])}#remarks")


def listed(request: Request, version: ActionPlan | PlanDraft | None) -> dict[str, Any]:
    """The actions of a version as its pages show them: by measure, with sums, self-checks and what other plans get of it."""
    found = queries.actions_of(version) if version is not None else ()
    plan = queries.plan_of(version) if version is not None else queries.plan()
    today = calendar_jp.today()
    sections = {one.code: one for one in organisation.sections()}
    origins = improvement.origins([action.code for action in found])
    rows: dict[str, dict[str, Any]] = {
        action.code: {
            "action": action,
            "origin": origins.get(action.code),
            "section": sections.get(action.section),
            "from_plan": queries.plan_called(action.origin.plan) if action.origin is not None else None,
            "next": next((task for task in action.tasks if task.due >= today), None),
        }
        for action in found
    }
    for row in rows.values():
        row["said"] = _said(version, row) if isinstance(version, ActionPlan) else None
    per_measure = logic.by_measure(found, [measure.code for measure in plan.measures])
    checks = logic.guideline_checks(found, [one.code for one in plan.guidelines])
    return {
        "rows": rows,
        "strategies": [
            (
                strategy,
                [(measure, [rows[one.code] for one in per_measure[measure.code]]) for measure in measures],
            )
            for strategy, measures in queries.by_strategy(plan)
        ],
        "homeless": [rows[one.code] for one in logic.without_measure(found, plan)],
        "sums": logic.sums(found),
        "checks": [(one, checks[one.code]) for one in plan.guidelines],
        "related": [
            (other, title, sum(1 for action in found if place in action.related))
            for other in plan.related
            for place, title in other.places.items()
        ],
    }


def _said(version: ActionPlan, row: Mapping[str, Any]) -> tuple[object, ...]:
    """Everything the row of an action in an adopted version says; the version itself never changes."""
    origin, section = row["origin"], row["section"]
    return (
        version.pk,
        row["action"].code,
        section.name if section is not None else None,
        row["next"],
        (origin.pk, origin.title) if origin is not None else None,
        row["from_plan"].title if row["from_plan"] is not None else None,
    )


def _changes(
    request: Request, before: ActionPlan | None, after: ActionPlan | PlanDraft
) -> dict[str, list[Any]]:
    """Actions new, changed field by field, and gone."""
    old = queries.actions_of(before) if before is not None else ()
    found = logic.changes(old, queries.actions_of(after))
    names = Names.of(queries.plan_of(after), request.lang)
    return {
        "new": [one.after for one in found if one.before is None],
        "gone": [one.before for one in found if one.after is None],
        "changed": [
            (one.after, fields(one.before, one.after, names))
            for one in found
            if one.before is not None and one.after is not None
        ],
    }
