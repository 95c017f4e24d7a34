"""The city's procedures, row by row (棚卸の一覧): what each section has still to confirm.

Owns the list, its filters, and what is said of many rows at once. Never writes: each act is an action of the inventory.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dokodemo.administration.inventory import actions, policies, queries
from dokodemo.administration.inventory.actions import BadAnswer
from dokodemo.administration.inventory.definitions import OnlineState, Performed
from dokodemo.administration.inventory.logic import Answer
from dokodemo.administration.inventory.queries import STATES, Filters
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts

# What may be said of several rows in one act; everything else needs words and is said row by row.
SAYINGS = {
    "not_performed": Answer(Performed.NOT_PERFORMED),
    "not_yet": Answer(Performed.PERFORMED, OnlineState.NOT_YET),
    "unknown": Answer(Performed.UNKNOWN),
}
NOTHING_CHOSEN = "office.inventory.nothing_chosen"


def filters_of(request: Request) -> Filters:
    """The choice in the address."""
    state = request.GET.get("state", "")
    return Filters(
        section=request.GET.get("section", "")[:60],
        state=state if state in STATES else "",
        event=request.GET.get("event", "")[:60],
        search=request.GET.get("search", "").strip()[:80],
        without_definition="without" in request.GET,
        office_blank="blank" in request.GET,
    )


def query_of(filters: Filters, **changes: str) -> str:
    """The choice as the part of an address after the question mark, some of it changed; empty parts are left out."""
    wanted = {
        "section": filters.section,
        "state": filters.state,
        "event": filters.event,
        "search": filters.search,
        "without": "1" if filters.without_definition else "",
        "blank": "1" if filters.office_blank else "",
        **changes,
    }
    return urlencode({key: value for key, value in wanted.items() if value})


def section_names() -> dict[str, Text]:
    """Code → name of every section open today."""
    return {section.code: section.name for section in organisation.sections()}


def who(request: Request) -> None:
    """Raises NotFound for staff who have no rows to look at."""
    if not policies.may_look(request.actor):
        raise NotFound


@needs_staff
@require_safe
def rows(request: Request) -> HttpResponse:
    """One page of rows of my sections, the most frequent first."""
    return _show(request)


def _show(request: Request, wrong: str = "", status: int = 200) -> HttpResponse:
    filters = filters_of(request)
    listed = queries.listed(request.actor, filters, page=pages.page_number(request))
    names, headquarters = section_names(), policies.is_headquarters(request.actor)
    mine = policies.my_sections(request.actor)
    # Turning a page keeps the address's other parts, but its news is old.
    done = "" if "page" in request.GET else request.GET.get("done", "")
    context = {
        "filters": filters,
        "query": query_of(filters),
        "tabs": _tabs(request, filters, listed.counts),
        "page": listed.page,
        "rows": [
            (
                standing,
                names.get(standing.section),
                standing.section in mine,
                "" if standing.volume is None else f"{standing.volume:,}",
            )
            for standing in listed.standings
        ],
        "imported": queries.imported(),
        "headquarters": headquarters,
        "confirms": bool(mine),
        "sections": list(names.items())
        if headquarters
        else [(c, names[c]) for c in sorted(mine & names.keys())],
        "all_sections": list(names.items()),
        "events": queries.life_events(),
        "sayings": list(SAYINGS),
        "done": done if done in ("confirmed", "assigned", "uploaded") else "",
        "count": _number(request, "count"),
        "left": _number(request, "left"),
        "wrong": wrong,
        "errors": pages.errors(request, [("rows", wrong)]) if wrong else [],
    }
    return pages.show(request, "office/inventory.html", context, status=status)


def _number(request: Request, name: str) -> int:
    text = request.GET.get(name, "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _tabs(request: Request, filters: Filters, counts: Any) -> list[dict[str, Any]]:
    """One tab for everything, one for each state with its number; a state without rows only while it is open."""

    def tab(key: str, state: str, count: int) -> dict[str, Any]:
        return {
            "label": texts.t(key, request.lang, furigana=request.furigana),
            "count": f"{count:,}",
            "current": filters.state == state,
            "href": f"?{query_of(filters, state=state)}",
        }

    every = tab("office.inventory.every_state", "", sum(counts.values()))
    shown = [state for state in STATES if counts[state] or state in ("unknown", filters.state)]
    return [every, *(tab(f"inventory.state.{state}", state, counts[state]) for state in shown)]


def _back(filters: Filters, **done: object) -> HttpResponseRedirect:
    query = query_of(filters, **{key: str(value) for key, value in done.items()})
    return HttpResponseRedirect(f"{reverse('office:inventory')}?{query}")


@needs_staff
@require_POST
def confirm(request: Request) -> HttpResponse:
    """Say the same of the ticked rows."""
    who(request)
    answer = SAYINGS.get(request.POST.get("say", ""))
    numbers = request.POST.getlist("number")
    if answer is None or not numbers:
        return _show(request, NOTHING_CHOSEN, 422)
    done, left = actions.confirm_many(actor=request.actor, numbers=numbers, answer=answer)
    return _back(filters_of(request), done="confirmed", count=done, left=left)


@needs_staff
@require_POST
def assign(request: Request) -> HttpResponse:
    """Give the ticked rows, or every row of the choice, to a section."""
    who(request)
    if not policies.is_headquarters(request.actor):
        raise Forbidden
    filters = filters_of(request)
    if "all" in request.POST:
        numbers = [standing.number for standing in queries.everything(request.actor, filters)]
    else:
        numbers = request.POST.getlist("number")
    if not numbers:
        return _show(request, NOTHING_CHOSEN, 422)
    try:
        moved = actions.assign(
            actor=request.actor, numbers=numbers, section=request.POST.get("to_section", "")
        )
    except BadAnswer as refused:
        return _show(request, refused.faults[0][1], 422)
    return _back(filters, done="assigned", count=moved)
