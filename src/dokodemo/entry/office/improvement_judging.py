"""What was found wanting and waits to be judged (課題の候補): the list, and what becomes of the chosen ones.

Owns the screens. Never shows words a reader may not see: each source of improvement asks the domain that keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.improvement import (
    TAB,
    indicator_names,
    measure_names,
    options,
    section_names,
)
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.packs import Text
from dokodemo.kernel.refusals import ChangedMeanwhile, Refused
from dokodemo.kernel.ui import texts
from dokodemo.promotion.improvement import actions, policies, queries
from dokodemo.promotion.improvement.actions import (
    LONGEST_TITLE,
    LONGEST_WORDS,
)
from dokodemo.promotion.improvement.logic import SOURCES
from dokodemo.promotion.improvement.queries import Proposal
from dokodemo.promotion.improvement.sources import Signal

PAGE_SIZE = 50
_ADDRESSES = {
    "searches": "office:finding",
    "questions": "office:finding",
    "reports": "office:reports_one",
    "surveys": "office:surveys_words",
}


def where(signal: Signal) -> str:
    """The page that shows a finding in its own place."""
    address = _ADDRESSES.get(signal.source)
    return reverse(address, args=signal.place) if address else reverse("office:indicators_services")


@needs_staff
@require_safe
def findings(request: Request) -> HttpResponse:
    """What waits to be judged, the most frequent first, by source and measure."""
    source, measure = request.GET.get("source", ""), request.GET.get("measure", "")
    source = source if source in SOURCES else ""
    names = measure_names()
    measure = measure if measure in names else ""
    every = queries.proposals(request.actor, measure=measure)
    found = [one for one in every if not source or one.signal.source == source]
    page = Paginator(found, PAGE_SIZE).get_page(pages.page_number(request))
    context = {
        "source": source,
        "measure": measure,
        "measures": names.items(),
        "sources": _tabs(request, every, source, measure),
        "page": page,
        "rows": [
            (one, where(one.signal), [names[code] for code in one.signal.measures if code in names])
            for one in page
        ],
    }
    return pages.show(request, "office/improvement/findings.html", context, tab=TAB)


def _tabs(request: Request, every: list[Proposal], source: str, measure: str) -> list[dict[str, Any]]:
    counts = {name: sum(1 for one in every if one.signal.source == name) for name in SOURCES}
    rows = [("", "improvement.source.every", len(every))]
    rows += [(name, f"improvement.source.{name}", counts[name]) for name in SOURCES]
    return [
        {
            "label": texts.t(key, request.lang, furigana=request.furigana),
            "count": str(count),
            "current": name == source,
            "href": "?" + urlencode({k: v for k, v in (("source", name), ("measure", measure)) if v}),
        }
        for name, key, count in rows
    ]


def issue_boxes(request: Request) -> list[Box]:
    """The boxes of what an issue is."""
    names = section_names()
    writes = policies.may_write_in(request.actor, names)
    own = {code: name for code, name in names.items() if code in writes}
    choose = ("", texts.plain("improvement.box.choose", request.lang))
    nothing = ("", texts.plain("improvement.box.no_indicator", request.lang))
    return [
        Box("title", "improvement.box.title", hint="improvement.box.title_hint", longest=LONGEST_TITLE),
        Box(
            "words", "improvement.box.words", "area", hint="improvement.box.words_hint", longest=LONGEST_WORDS
        ),
        Box(
            "measure",
            "improvement.box.measure",
            "select",
            options=(choose, *options(request, measure_names())),
        ),
        Box("section", "improvement.box.section", "select", options=(choose, *options(request, own))),
        Box(
            "indicator",
            "improvement.box.indicator",
            "select",
            hint="improvement.box.indicator_hint",
            options=(nothing, *options(request, indicator_names())),
        ),
    ]


def _keys(given: Any) -> list[str]:
    return [key[:160] for key in dict.fromkeys(given.getlist("key")) if key][: queries.MOST_CHOSEN + 1]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: Request) -> HttpResponse:
    """Say what becomes of the chosen findings: a new issue, part of an issue there is, or none."""
    if not policies.may_read(request.actor):
        raise NotFound
    if not _writes(request):
        raise Forbidden
    keys = _keys(request.POST if request.method == "POST" else request.GET)
    chosen = queries.among(request.actor, keys)
    if keys and (not chosen or len(keys) > queries.MOST_CHOSEN) and request.method != "POST":
        raise NotFound
    wanted = issue_boxes(request)
    if request.method != "POST":
        return _page(request, chosen, wanted, _suggested(request, chosen), {})
    typed = boxes.typed(request, wanted)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound
    judged = {"acts": "improvement.fault.judged"}
    if len(chosen) != len(keys):
        return _page(request, chosen, wanted, typed, judged, status=409)
    try:
        return HttpResponseRedirect(act(request, keys, typed))
    except Refused as refused:
        return _page(request, chosen, wanted, typed, refused.faults)
    except ChangedMeanwhile:
        return _page(request, queries.among(request.actor, keys), wanted, typed, judged, status=409)


def _writes(request: Request) -> bool:
    return any(policies.may_write(request.actor, code) for code in section_names())


def _suggested(request: Request, chosen: list[Proposal]) -> dict[str, str]:
    """What the chosen findings already say of the issue: their measure and section where they agree."""
    # A survey serves several measures, and which one a word is about is for people to say.
    measures = {
        one.signal.measures[0]
        for one in chosen
        if one.signal.measures and (one.signal.source != "surveys" or len(one.signal.measures) == 1)
    }
    sections = {one.signal.section for one in chosen if one.signal.section}
    own = {one for one in sections if policies.may_write(request.actor, one)}
    return {
        "measure": measures.pop() if len(measures) == 1 else "",
        "section": own.pop() if len(sections) == len(own) == 1 else "",
    }


def _page(
    request: Request,
    chosen: list[Proposal],
    wanted: list[Box],
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int = 422,
) -> HttpResponse:
    filled = boxes.filled(wanted, typed, wrong)
    beside = [name for name in ("acts", "issue", "reason") if name in wrong]
    context = {
        "rows": [(one, where(one.signal)) for one in chosen],
        "boxes": filled,
        "wrong": wrong,
        "errors": boxes.errors(request, filled) + pages.errors(request, [(n, wrong[n]) for n in beside]),
        "issues": queries.open_issues(request.actor) if chosen else [],
        "sets_aside": bool(chosen) and policies.may_set_aside(request.actor),
        "reason": request.POST.get("reason", ""),
        "joined": request.POST.get("issue", ""),
    }
    return pages.show(
        request, "office/improvement/judge.html", context, status=status if wrong else 200, tab=TAB
    )


def _raise(request: Request, keys: list[str], typed: Mapping[str, str]) -> str:
    made = actions.raise_issue(actor=request.actor, keys=keys, said=typed)
    pages.tell(request, "improvement.done.raised")
    return reverse("office:improvement_issue", args=[made.pk])


def _join(request: Request, keys: list[str], typed: Mapping[str, str]) -> str:
    try:
        issue_id = UUID(request.POST.get("issue", ""))
    except ValueError:
        raise Refused({"issue": "improvement.fault.issue"}) from None
    actions.join(actor=request.actor, issue_id=issue_id, keys=keys)
    pages.tell(request, "improvement.done.joined")
    return reverse("office:improvement_issue", args=[issue_id])


def _set_aside(request: Request, keys: list[str], typed: Mapping[str, str]) -> str:
    actions.set_aside(actor=request.actor, keys=keys, reason=request.POST.get("reason", ""))
    pages.tell(request, "improvement.done.set_aside")
    return reverse("office:improvement_findings")


_ACTS = {"raise": _raise, "join": _join, "set_aside": _set_aside}


def spoken(found: Mapping[str, str]) -> Text | None:
    """What residents read of an issue, as a text of three languages; None while nothing."""
    return Text(**found) if found else None
