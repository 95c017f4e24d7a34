"""One issue for staff (課題): what it rests on, where it stands, what it should move, and what can be done with it.

Owns the screen. What may be done, by whom, and what stands against it is decided by improvement's own actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.improvement import TAB, measure_names, section_names, shown
from dokodemo.entry.office.improvement_judging import issue_boxes, spoken, where
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.improvement import actions, cycle, effects, policies, queries
from dokodemo.promotion.improvement.actions import (
    LANGUAGES,
    LONGEST_TITLE,
    LONGEST_WORDS,
)
from dokodemo.promotion.improvement.logic import MOVES
from dokodemo.promotion.improvement.models import Issue

_SHOWN = tuple(f"shown_{one}" for one in LANGUAGES)


@needs_staff
@require_safe
def issue(request: Request, issue_id: UUID) -> HttpResponse:
    """One issue."""
    return _page(request, queries.get(request.actor, issue_id), {}, {})


def _stored(found: Issue) -> dict[str, str]:
    what = {name: getattr(found, name) for name in ("title", "words", "measure", "section", "indicator")}
    return what | {f"shown_{one}": found.shown.get(one, "") for one in LANGUAGES}


def _page(
    request: Request,
    found: Issue,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    act: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    said = _stored(found) | dict(typed)
    writes = policies.may_write(actor, found.section)
    standing = cycle.standings([found]).get(found.pk, cycle.Standing())
    given_up = found.state == "action" and standing.gone
    what = boxes.filled(issue_boxes(request), said, wrong)
    titles = boxes.filled(
        [Box(name, f"improvement.box.{name}", longest=LONGEST_TITLE) for name in _SHOWN], said, wrong
    )
    ways = [to for to, states in MOVES.items() if found.state in states or (to == "looked_at" and given_up)]
    ends = [
        boxes.filled(
            [Box(f"reason_{to}", f"improvement.box.reason_{to}", "area", longest=LONGEST_WORDS)], said, wrong
        )[0]
        for to in ("done", "not_pursued")
        if to in ways
    ]
    every = [*what, *ends, *titles]
    loose = [("acts", wrong[name]) for name in ("acts", "to", "open") if name in wrong]
    context = {
        "issue": found,
        "measure": measure_names().get(found.measure, found.measure),
        "section": section_names().get(found.section, found.section),
        "raised_by": organisation.staff_name(found.raised_by),
        "grounds": [(one, where(one.now) if one.now else "") for one in queries.grounds(actor, found)],
        "effect": shown(request, effects.effects([found]).get(str(found.pk))),
        "standing": standing,
        "given_up": given_up,
        "public": spoken(found.shown),
        "boxes": what if writes else [],
        "ends": ends if writes else [],
        "looks": writes and "looked_at" in ways,
        "opens": policies.may_open(actor) and found.state in ("new", "looked_at"),
        "titles": titles if policies.may_show(actor) else [],
        "act": act,
        "acts_wrong": loose[0][1] if loose else "",
        "errors": boxes.errors(request, every) + pages.errors(request, loose),
    }
    return pages.show(request, "office/improvement/issue.html", context, status=status, tab=TAB)


@needs_staff
@require_POST
def act(request: Request, issue_id: UUID) -> HttpResponse:
    """Something done with an issue."""
    found = queries.get(request.actor, issue_id)
    name = request.POST.get("act", "")
    do = _ACTS.get(name)
    if do is None:
        raise NotFound
    names = [box.name for box in issue_boxes(request)] + [*_SHOWN, "reason_done", "reason_not_pursued"]
    typed = {one: request.POST[one][: LONGEST_WORDS * 2] for one in names if one in request.POST}
    try:
        to = do(request, issue_id, pages.revision(request), typed)
    except Refused as refused:
        faults = {f"reason_{name}" if box == "reason" else box: code for box, code in refused.faults.items()}
        return _page(request, found, typed, faults, act=name, status=422)
    except ChangedMeanwhile:
        again = queries.get(request.actor, issue_id)
        return _page(request, again, typed, {"acts": "improvement.fault.meanwhile"}, act=name, status=409)
    pages.tell(request, f"improvement.done.{name}")
    return HttpResponseRedirect(to or reverse("office:improvement_issue", args=[issue_id]))


type _Do = Callable[[Request, UUID, int, Mapping[str, str]], str]


def _change(request: Request, issue_id: UUID, revision: int, typed: Mapping[str, str]) -> str:
    actions.change(actor=request.actor, issue_id=issue_id, revision=revision, said=typed)
    return ""


def _moves(to: str) -> _Do:
    def do(request: Request, issue_id: UUID, revision: int, typed: Mapping[str, str]) -> str:
        reason = typed.get(f"reason_{to}", "")
        actions.move(actor=request.actor, issue_id=issue_id, revision=revision, to=to, reason=reason)
        return ""

    return do


def _open(request: Request, issue_id: UUID, revision: int, typed: Mapping[str, str]) -> str:
    found, draft = actions.open_action(actor=request.actor, issue_id=issue_id, revision=revision)
    return reverse("office:actions_edit", args=[draft, found.action])


def _show(request: Request, issue_id: UUID, revision: int, typed: Mapping[str, str]) -> str:
    title: dict[str, Any] = {one: typed.get(f"shown_{one}", "") for one in LANGUAGES}
    actions.show(actor=request.actor, issue_id=issue_id, revision=revision, title=title)
    return ""


def _hide(request: Request, issue_id: UUID, revision: int, typed: Mapping[str, str]) -> str:
    actions.hide(actor=request.actor, issue_id=issue_id, revision=revision)
    return ""


_ACTS: Mapping[str, _Do] = {
    "change": _change,
    "looked_at": _moves("looked_at"),
    "done": _moves("done"),
    "not_pursued": _moves("not_pursued"),
    "open": _open,
    "show": _show,
    "hide": _hide,
}
