"""Proactive benefits for the section in charge (プッシュ型の案内): what a run found, whom to tell, and telling them.

Owns the pages. Never shows another section's results, nor anybody protected from this one; a filter is never a person.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.administration.cases import actions, outreach
from dokodemo.administration.cases.policies import REVIEWERS
from dokodemo.administration.eligibility import queries
from dokodemo.administration.eligibility.logic import Lack, label_of, lacking
from dokodemo.administration.eligibility.models import Judged, Verdict
from dokodemo.administration.eligibility.queries import Choice
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.city.parties import everybody as parties
from dokodemo.entry.office import pages
from dokodemo.entry.office.visitors import needs_role
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import charts, texts

MOST_TOWNS = 15


@needs_role(*REVIEWERS)
@require_safe
def offers(request: Request) -> HttpResponse:
    """The benefits of my sections in the last run."""
    names = ("entitled", "unknown", "not", "failed")
    heads = [f"eligibility.verdict.{name}" for name in names]
    rows = []
    for judged in queries.my_benefits(request.actor):
        procedure = procedures.compiled_version(judged.version_id)
        numbers = (judged.entitled, judged.unknown, judged.not_entitled, judged.failed)
        shown = list(zip(heads, numbers, strict=True))
        rows.append((judged, procedure.definition, shown, _states(judged)))
    context = {
        "rows": rows,
        "run": queries.latest_run(),
        "heads": heads,
    }
    return pages.show(request, "office/offers.html", context)


def _states(judged: Judged) -> list[tuple[str, int]]:
    return [(f"eligibility.state.{state}", n) for state, n in queries.offer_states(judged).items() if n]


@needs_role(*REVIEWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def benefit(request: Request, judged_id: UUID) -> HttpResponse:
    """One benefit: numbers by verdict, age and town, and the list of those who may be told; POST tells those chosen.

    Whoever is not entitled is listed only where that verdict is asked for, and cannot be told.
    """
    judged = queries.latest_judged(request.actor, judged_id)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        chosen = _ids(request)
        if chosen:
            return _send(request, judged, chosen)
        wrong["people"] = "eligibility.list.choose"
    procedure = procedures.compiled_version(judged.version_id)
    choice = _choice(request)
    found = queries.counts(judged, choice)
    addressable = choice.verdict not in (Verdict.NOT_ENTITLED, Verdict.FAILED)
    people = (
        queries.may_be_offered(request.actor, judged, choice, applied=outreach.applied(judged.procedure))
        if addressable
        else queries.chosen_decisions(request.actor, judged, choice)
    ).order_by("resident_id")
    total, page = people.count(), pages.page_number(request)
    first = (page - 1) * queries.PAGE
    decisions = list(people[first : first + queries.PAGE])
    rows = parties.rows_of(
        request.actor,
        [one.resident_id for one in decisions],
        purpose=judged.procedure,
        section=judged.section,
    )
    proactive = procedure.definition.proactive
    context: dict[str, Any] = {
        "judged": judged,
        "procedure": procedure.definition,
        "states": _states(judged),
        "uses": [(procedure.vocabulary.term(u.term).label, u) for u in proactive.uses] if proactive else [],
        "reasons": [_reason(procedure, judged, choice, *row) for row in found.reasons],
        "lacking": _lacking(procedure, found.reasons),
        "by_band": _chart(request, "bands", "by_band", [(_band(request, b), n) for b, n in found.bands]),
        "by_town": _chart(
            request, "towns", "by_town", [(_town(request, t), n) for t, n in found.towns[:MOST_TOWNS]]
        ),
        "bands": [(band, _band(request, band)) for band, _ in found.bands],
        "towns": [town for town, _ in found.towns if town],
        "verdicts": Verdict.values,
        "addressable": addressable,
        "choice": choice,
        "query": request.GET.urlencode(),
        "people": [(one, rows[one.resident_id]) for one in decisions if one.resident_id in rows],
        "total": total,
        "page": page,
        "more": first + queries.PAGE < total,
        "wrong": wrong,
        "errors": pages.errors(request, wrong.items()),
    }
    return pages.show(request, "office/benefit.html", context, status=422 if wrong else 200)


def _ids(request: Request) -> set[UUID]:
    """The people ticked; what is no identifier is passed over."""
    found = set()
    for text in request.POST.getlist("person")[: queries.PAGE]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def _send(request: Request, judged: Judged, chosen: set[UUID]) -> HttpResponse:
    sending = actions.send_offers(actor=request.actor, judged_id=judged.pk, resident_ids=chosen)
    for key, count in (("sent", sending.sent), ("skipped", sending.left_out)):
        if count or key == "sent":
            words = texts.t(f"eligibility.list.{key}", request.lang, furigana=request.furigana, count=count)
            messages.info(request, words)
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("office:benefit", args=[judged.pk]) + (f"?{query}" if query else ""))


def _choice(request: Request) -> Choice:
    get = request.GET
    verdict = get.get("verdict", "")
    return Choice(
        verdict=verdict if verdict in Verdict.values else None,
        because=get["because"].replace("\0", "")[:1000] if "because" in get and verdict else None,
        band=get["band"][:8] if get.get("band") else None,
        town=get["town"][:60] if get.get("town") else None,
    )


def _reason(
    procedure: CompiledProcedure, judged: Judged, choice: Choice, verdict: str, because: str, people: int
) -> dict[str, Any]:
    known = (*procedure.vocabulary.terms, *procedure.vocabulary.groups)
    return {
        "key": f"eligibility.verdict.{verdict}",
        "verdict": verdict,
        "because": because,
        "labels": [label_of(procedure, name) for name in because.split() if name in known],
        "people": people,
        "current": (choice.verdict, choice.because) == (verdict, because),
    }


def _lacking(procedure: CompiledProcedure, reasons: list[tuple[str, str, int]]) -> list[tuple[Text, Lack]]:
    """What is not known of those who may be entitled, by term."""
    known = (*procedure.vocabulary.terms, *procedure.vocabulary.groups)
    open_still = [(because, people) for verdict, because, people in reasons if verdict == Verdict.UNKNOWN]
    return [(label_of(procedure, lack.term), lack) for lack in lacking(open_still) if lack.term in known]


def _band(request: Request, band: str) -> str:
    return band.replace("-", "–") or texts.plain("eligibility.list.age_unknown", request.lang)


def _town(request: Request, town: str) -> str:
    return town or texts.plain("eligibility.list.town_hidden", request.lang)


def _chart(request: Request, name: str, key: str, rows: list[tuple[str, int]]) -> SafeString | str:
    if not rows:
        return ""
    frame = charts.frame(
        request,
        name,
        f"eligibility.list.{key}",
        "eligibility.list.chart",
        texts.plain("eligibility.list.unit", request.lang),
    )
    return charts.bars(frame, [charts.Point(label, number) for label, number in rows])
