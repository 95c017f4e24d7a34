"""The form of one action (実施内容の入力): from what is typed to the action as it is kept, and back.

Owns the boxes and the page. Never saves by itself and never decides who may write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.action_plan import TAB
from dokodemo.entry.office.authoring_fields import Box, read, shown
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden, NotFound, Role
from dokodemo.kernel.refusals import ChangedMeanwhile
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.plan import actions, policies, queries
from dokodemo.promotion.plan.action_plan import CHECKS, Action, Wrong, as_json
from dokodemo.promotion.plan.actions import Refused
from dokodemo.promotion.plan.definitions import Plan
from dokodemo.promotion.plan.models import PlanDraft

_CODE = re.compile(r"[a-z][a-z0-9-]{0,59}")
_GUIDELINE = "guideline-"
FREE_TASKS = 2


@dataclass(frozen=True)
class ActionBox(Box):
    """A box of an action; `words` is its label where that is the plan's own."""

    words: Any = None

    @property
    def label(self) -> str:
        """The key of its label."""
        name = re.sub(r"^task-\d+\.", "task_", self.name)
        return f"plan.field.{name}"


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def actions_new(request: Request, draft_id: UUID) -> HttpResponse:
    """A new action."""
    return _edit(request, queries.get_draft(request.actor, draft_id), None)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def actions_edit(request: Request, draft_id: UUID, code: str) -> HttpResponse:
    """One action of a draft."""
    draft = queries.get_draft(request.actor, draft_id)
    found = next((one for one in queries.actions_of(draft) if one.code == code), None)
    if found is None:
        raise NotFound
    return _edit(request, draft, found)


def _edit(request: Request, draft: PlanDraft, action: Action | None) -> HttpResponse:
    if draft.state != "draft":
        pages.tell(request, "plan.fault.not_draft")
        return HttpResponseRedirect(reverse("office:actions_draft", args=[draft.pk]))
    mine = _sections(request)
    if not mine or (action is not None and not policies.may_write(request.actor, {action.section})):
        raise Forbidden
    plan = queries.plan_of(draft)
    boxes = _boxes(request, plan, action, mine)
    errors: dict[str, str] = {}
    typed: Mapping[str, Any] = {}
    status = 200
    if request.method == "POST":
        found = read(boxes, request.POST, None)
        typed, errors = found.typed, {box: str(code) for box, code in found.errors.items()}
        data = _data(found.values, action)
        errors |= {box: code for box, code in _faults(data).items() if box not in errors}
        status = 422
        if not errors:
            try:
                actions.keep_action(
                    actor=request.actor,
                    draft_id=draft.pk,
                    revision=pages.revision(request),
                    data=data,
                    code=action.code if action is not None else None,
                )
            except ChangedMeanwhile:
                errors, status = {"code" if action is None else "title": "plan.fault.meanwhile"}, 409
                draft = queries.get_draft(request.actor, draft.pk)
            except Refused as refused:
                errors = {"title": refused.code}
            except Wrong as wrong:
                errors = {_box_of(place): _code_of(place) for place, _ in wrong.faults}
            else:
                pages.tell(request, "plan.done.action")
                return HttpResponseRedirect(reverse("office:actions_draft", args=[draft.pk]))
    rows = _rows(request, plan, boxes, _shown(action), typed, errors)
    context = {
        "draft": draft,
        "action": action,
        "from_plan": queries.plan_called(action.origin.plan) if action and action.origin else None,
        "rows": [row for row in rows if "words" not in row],
        "guidelines": [row for row in rows if "words" in row],
        "errors": pages.errors(request, errors.items()),
    }
    return pages.show(request, "office/plan/action.html", context, status=status, tab=TAB)


def _sections(request: Request) -> list[str]:
    """The sections the actor may write actions of, in the city's order."""
    every = [one.code for one in organisation.sections()]
    if policies.coordinates(request.actor):
        return every
    mine = request.actor.sections(Role.HEAD_OF_SECTION)
    return [code for code in every if code in mine]


def _boxes(request: Request, plan: Plan, action: Action | None, sections: list[str]) -> list[ActionBox]:
    tasks = (len(action.tasks) if action is not None else 0) + FREE_TASKS
    known = [one for one in sections if action is None or one != action.section]
    listed = ([action.section] if action is not None else []) + known
    boxes = [] if action is not None else [ActionBox("code", "line")]
    boxes += [
        ActionBox("title", "text3"),
        ActionBox("what", "text3"),
        ActionBox("measures", "choices", tuple(one.code for one in plan.measures)),
        ActionBox("section", "choice", tuple(listed)),
        ActionBox("from", "day"),
        ActionBox("to", "day"),
    ]
    for number in range(tasks):
        boxes.append(ActionBox(f"task-{number}.title", "text3", optional=True))
        boxes.append(ActionBox(f"task-{number}.due", "day", optional=True))
    boxes += [
        ActionBox("budget_yen", "number", optional=True),
        ActionBox("person_hours", "number", optional=True),
        ActionBox("indicators", "choices", tuple(sorted(queries.indicator_codes()))),
        ActionBox("related", "choices", plan.related_places),
    ]
    boxes += [
        ActionBox(f"{_GUIDELINE}{one.code}", "choice", CHECKS, optional=True, words=one.title)
        for one in plan.guidelines
    ]
    return [*boxes, ActionBox("sample", "flag")]


def _shown(action: Action | None) -> dict[str, Any]:
    """An action as the boxes name its parts."""
    if action is None:
        return {}
    data = as_json(action)
    data |= {f"task-{number}": task for number, task in enumerate(data.pop("tasks", []))}
    return data | {f"{_GUIDELINE}{code}": check for code, check in data.pop("guidelines", {}).items()}


def _data(values: Mapping[str, Any], action: Action | None) -> dict[str, Any]:
    """What was typed as an action; parts that were refused are left out."""
    data: dict[str, Any] = {"code": action.code} if action is not None else {}
    tasks: dict[str, dict[str, Any]] = {}
    checks: dict[str, str] = {}
    for name, value in values.items():
        if name.startswith("task-"):
            place, _, part = name.partition(".")
            tasks.setdefault(place, {})[part] = value
        elif name.startswith(_GUIDELINE):
            if value is not None:
                checks[name.removeprefix(_GUIDELINE)] = value
        elif value is not None:
            data[name] = value
    data["tasks"] = [one for one in tasks.values() if any(one.values())]
    data["guidelines"] = checks
    return data


def _faults(data: Mapping[str, Any]) -> dict[str, str]:
    """What no single box can know: codes, order of days, tasks half written or outside the action's time."""
    faults: dict[str, str] = {}
    if "code" in data and not _CODE.fullmatch(str(data["code"])):
        faults["code"] = "plan.fault.code"
    if not data.get("measures"):
        faults["measures"] = "plan.fault.no_measure"
    start, end = _day(data.get("from")), _day(data.get("to"))
    if start and end and end < start:
        faults["to"] = "plan.fault.order"
    for number, task in enumerate(data["tasks"]):
        due = _day(task.get("due"))
        if task.get("title") is None:
            faults[f"task-{number}.title"] = "authoring.box.empty"
        elif due is None:
            faults[f"task-{number}.due"] = "authoring.box.empty"
        elif start and end and not start <= due <= end and "to" not in faults:
            faults[f"task-{number}.due"] = "plan.fault.task_outside"
    return faults


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _box_of(place: str) -> str:
    head = place.partition(".")[0]
    return head if head in ("code", "measures", "section", "related", "indicators", "from", "to") else "title"


def _code_of(place: str) -> str:
    return "plan.fault.code_taken" if place == "code" else "plan.fault.unknown"


def _rows(
    request: Request,
    plan: Plan,
    boxes: list[ActionBox],
    data: Mapping[str, Any],
    typed: Mapping[str, Any],
    errors: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The boxes with their words, what stands in them, and what is wrong with them."""
    names = _names(request, plan)
    rows = shown(boxes, data, typed)
    for row, box in zip(rows, boxes, strict=True):
        wrong = next((name for name in errors if name == box.name or name.startswith(f"{box.name}.")), None)
        if wrong is not None:
            row["error"] = texts.t(errors[wrong], request.lang, furigana=request.furigana)
            row["wrong_box"] = wrong
        if box.kind == "choices":
            row["options"] = [
                (code, chosen, names[box.name].get(code, code)) for code, chosen in row["options"]
            ]
        elif box.kind == "choice":
            known = names["section" if box.name == "section" else "checks"]
            row["options"] = [(code, code == row["value"], known.get(code, code)) for code in box.choices]
        if box.words is not None:
            row["words"] = say(box.words, request.lang, furigana=request.furigana)
        hint = f"{box.label}_hint"
        row["hint"] = hint if hint in texts.catalogue().entries else ""
    return rows


def _names(request: Request, plan: Plan) -> dict[str, dict[str, Any]]:
    """What may be chosen, by box and code, in the reader's language."""

    def said(text: Any) -> Any:
        return say(text, request.lang, furigana=request.furigana)

    related = {place: said(title) for other in plan.related for place, title in other.places.items()}
    return {
        "measures": {one.code: said(one.title) for one in plan.measures},
        "section": {one.code: said(one.name) for one in organisation.sections()},
        "indicators": {code: said(title) for code, title in indicators.titles().items()},
        "related": related,
        "checks": {
            one: texts.t(f"plan.check.{one}", request.lang, furigana=request.furigana) for one in CHECKS
        },
    }
