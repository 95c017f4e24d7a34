"""Handing over at a change of posts (人事異動の引継ぎ): who leaves, who follows in what, a look before it is done.

Owns the screens. Never writes while looking: that and the writing are actions of responsibility.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.owners import TAB, account_of, choices_of, known_day, section_names
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.packs import Text
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.promotion.responsibility import actions, queries
from dokodemo.promotion.responsibility.actions import Plan
from dokodemo.promotion.responsibility.actions.handing_over import KEEP, NOBODY, Choice
from dokodemo.promotion.responsibility.queries import Carried, Matter

AS_ALL = ""


@dataclass(frozen=True)
class Line:
    """One thing of the form: its box, what is chosen there, who can be, and what is wrong with it."""

    matter: Matter
    section: Text | str
    box: str
    value: str
    people: tuple[tuple[str, str], ...]
    wrong: str


@needs_staff
@require_safe
def owners_handover(request: Request) -> HttpResponse:
    """Everybody who answers for something in the sections I name people in, those who have left first."""
    found = queries.people(request.actor)
    names = organisation.staff_names(found)
    appointed, sections = queries.appointed(calendar_jp.today()), section_names()
    rows = []
    for account, carried in found.items():
        own = sorted({one.matter.section for one in carried})
        rows.append(
            {
                "account": account,
                "name": names.get(account, "–"),
                "count": len(carried),
                "sections": [sections.get(section, section) for section in own],
                "left": any(account not in appointed.get(section, set()) for section in own),
            }
        )
    rows.sort(key=lambda row: (not row["left"], row["name"], str(row["account"])))
    return pages.show(request, "office/owners/handover.html", {"rows": rows}, tab=TAB)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def owners_handover_one(request: Request, account_id: UUID) -> HttpResponse:
    """What one person answers for, with successors for all or thing by thing; first a look, then in one action."""
    carried = queries.to_hand_over(request.actor, account_id)
    if request.method != "POST":
        return _form(request, account_id, carried, {}, {})
    typed = {name: request.POST.get(name, "")[:40] for name in ("day", "all")}
    typed |= {_box(one.row): request.POST.get(_box(one.row), "")[:40] for one in carried}
    act = request.POST.get("act", "")
    if act == "change":
        return _form(request, account_id, carried, typed, {})
    shown = {row for text in request.POST.getlist("row") if (row := account_of(text)) is not None}
    choices = {row: _choice(typed, row) for row in shown}
    perform = actions.hand_over if act == "do" else actions.look_ahead
    try:
        plan = perform(
            actor=request.actor, account_id=account_id, day=known_day(typed["day"]), choices=choices
        )
    except ChangedMeanwhile:
        return _form(request, account_id, carried, typed, {"all": "responsibility.fault.meanwhile"})
    except Refused as refused:
        return _form(request, account_id, carried, typed, _at_the_box(refused.faults, typed))
    if act == "do":
        pages.tell(request, "responsibility.done.handed", count=len(plan.passed), without=len(plan.ownerless))
        return HttpResponseRedirect(reverse("office:owners"))
    return _look(request, plan, typed)


def _box(row: UUID) -> str:
    return f"to-{row}"


def _choice(typed: Mapping[str, str], row: UUID) -> Choice:
    said = typed.get(_box(row), AS_ALL) or typed["all"]
    return said if said in (KEEP, NOBODY) else account_of(said) or ""


def _at_the_box(faults: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a thing that follows the choice for all stands at that choice too."""
    wrong = dict(faults)
    for box, fault in faults.items():
        if box.startswith("to-") and not typed.get(box):
            wrong.setdefault("all", fault)
    return wrong


def _form(
    request: Request,
    account_id: UUID,
    carried: list[Carried],
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
) -> HttpResponse:
    sections, day = section_names(), known_day(typed.get("day", "")) or calendar_jp.today()
    # Who is appointed on the day, and who is today: a change of posts is often entered before the appointments are.
    appointed = [queries.appointed(one) for one in (calendar_jp.today(), day)]
    people = {
        one.matter.section: choices_of(
            set().union(*(found.get(one.matter.section, set()) for found in appointed)) - {account_id}
        )
        for one in carried
    }
    lines = [
        Line(
            one.matter,
            sections.get(one.matter.section, one.matter.section),
            _box(one.row),
            typed.get(_box(one.row), AS_ALL),
            people[one.matter.section],
            wrong.get(_box(one.row), ""),
        )
        for one in carried
    ]
    everybody = sorted({option for options in people.values() for option in options}, key=lambda one: one[1])
    boxes = ["day", "all", *(line.box for line in lines)]
    context: dict[str, Any] = {
        "name": organisation.staff_name(account_id),
        "lines": lines,
        "rows": [one.row for one in carried],
        "everybody": everybody,
        "typed": typed,
        "wrong": wrong,
        "errors": pages.errors(request, [(box, wrong[box]) for box in boxes if wrong.get(box)]),
    }
    return pages.show(
        request, "office/owners/handover_form.html", context, status=422 if wrong else 200, tab=TAB
    )


def _look(request: Request, plan: Plan, typed: Mapping[str, str]) -> HttpResponse:
    names = organisation.staff_names(
        {plan.account, *(step.successor for step in plan.steps if step.successor is not None)}
    )
    sections = section_names()
    context = {
        "name": names.get(plan.account, "–"),
        "day": plan.day,
        "rows": [
            {
                "step": step,
                "matter": step.carried.matter,
                "section": sections.get(step.carried.matter.section, step.carried.matter.section),
                "successor": names.get(step.successor, "–") if step.successor is not None else "",
            }
            for step in plan.steps
        ],
        "without": len(plan.ownerless),
        "typed": typed.items(),
    }
    return pages.show(request, "office/owners/handover_look.html", context, tab=TAB)
