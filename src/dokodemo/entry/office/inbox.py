"""A section's work (受付箱): what is open, how near its limit, and what waits for me.

Owns the list of cases and its filters. Never shows a case's answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from dokodemo.administration.cases import queries, worklist
from dokodemo.administration.cases.models import State
from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office.pages import page_number, show
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts

FLAGS = ("mine", "nobody", "unread", "late", "closed")


@dataclass(frozen=True)
class Chosen:
    """What the clerk wants to see: a state, a procedure, and flags."""

    state: str
    procedure: str
    flags: frozenset[str]

    def query(self, **changes: str) -> str:
        """The address of the inbox with these choices, some changed; an empty change drops one."""
        wanted = {"state": self.state, "procedure": self.procedure, **dict.fromkeys(self.flags, "1")}
        wanted |= changes
        return (
            f"{reverse('office:inbox')}?{urlencode({key: value for key, value in wanted.items() if value})}"
        )


def _chosen(request: Request) -> Chosen:
    state = request.GET.get("state", "")
    slugs = {procedure.slug for procedure in _mine(request)}
    procedure = request.GET.get("procedure", "")
    return Chosen(
        state if state in State.values else "",
        procedure if procedure in slugs else "",
        frozenset(flag for flag in FLAGS if flag in request.GET),
    )


def _mine(request: Request) -> list[Any]:
    sections = worklist.my_sections(request.actor)
    return [p.definition for p in procedures.published() if p.definition.unit in sections]


@needs_role(*REVIEWERS)
@require_safe
def inbox(request: Request) -> HttpResponse:
    """The cases of my sections, nearest limit first; a receipt number leads straight to its case."""
    number = request.GET.get("number", "").strip()[:30]
    if number:
        found = queries.find_by_number(request.actor, number)
        if found is not None:
            return HttpResponseRedirect(reverse("office:case", args=[found.pk]))
    chosen, page = _chosen(request), page_number(request)
    listed = worklist.inbox(
        request.actor,
        state=chosen.state,
        procedure=chosen.procedure,
        page=page,
        **{flag: flag in chosen.flags for flag in FLAGS},
    )
    return show(
        request,
        "office/inbox.html",
        {
            "tabs": _tabs(request, chosen, listed.counts),
            "rows": rows_of(listed.rows),
            "chosen": chosen,
            "flags": [(flag, f"office.inbox.{flag}") for flag in ("mine", "nobody", "unread", "late")],
            "filtered": bool(chosen.procedure or chosen.flags - {"closed"}),
            "clear": chosen.query(procedure="", **dict.fromkeys(FLAGS[:-1], "")),
            "page": page,
            "more": listed.more,
            "number": number,
            "procedures": _mine(request),
        },
        status=404 if number else 200,
    )


def _tabs(request: Request, chosen: Chosen, counts: Any) -> list[dict[str, Any]]:
    """One tab for all open cases, one a state with its number, one for what is over."""

    def tab(key: str, count: int | None, current: bool, **changes: str) -> dict[str, Any]:
        label = texts.t(key, request.lang, furigana=request.furigana)
        return {"label": label, "count": count, "current": current, "href": chosen.query(**changes)}

    closed = "closed" in chosen.flags
    every = tab(
        "office.inbox.every_state",
        sum(counts.values()),
        not chosen.state and not closed,
        state="",
        closed="",
    )
    by_state = [
        tab(f"office.state.{state}", counts.get(state, 0), chosen.state == state, state=state, closed="")
        for state in worklist.OPEN_STATES
    ]
    over = tab("office.inbox.closed", None, closed, state="", closed="1", late="")
    return [every, *by_state, over]


def rows_of(rows: list[worklist.Row]) -> list[dict[str, Any]]:
    """Cases as the table shows them."""
    today = calendar_jp.today()
    names = organisation.staff_names({row.case.assignee_id for row in rows if row.case.assignee_id})
    shown = []
    for row in rows:
        due = worklist.nearest_limit(row.case)
        shown.append(
            {
                "case": row.case,
                "unread": row.unread,
                "title": procedures.compiled_version(row.case.version_id).definition.title,
                "due": due,
                "left": (due - today).days if due else None,
                "paused": row.case.state == State.CORRECTION_REQUESTED,
                "assignee": names.get(row.case.assignee_id, "") if row.case.assignee_id else "",
            }
        )
    return shown
