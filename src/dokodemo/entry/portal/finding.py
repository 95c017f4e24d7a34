"""Finding a procedure (さがす): home, lists, and the page that explains one.

Owns the public pages about procedures. Never asks who is looking, save to greet.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dokodemo.administration.cases import queries as cases
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.compiled import CompiledProcedure
from dokodemo.administration.procedures.definitions import ProcedureDefinition
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.ui import texts

MOST_WANTED = 9
PAGE = 24


@require_safe
def home(request: Request) -> HttpResponse:
    """The first page: one search box, turns of life, and what waits for the person who is signed in."""
    waiting, unread = 0, 0
    if request.actor.kind == "resident":
        waiting, unread = cases.to_do(request.actor)
    return render(
        request,
        "portal/home.html",
        {
            "life_events": procedures.life_events(),
            "procedures": most_wanted()[:MOST_WANTED],
            "waiting": waiting,
            "unread": unread,
        },
    )


def most_wanted() -> list[ProcedureDefinition]:
    """What the city performs; of 表示優先度 (GIF DS-451-4) the higher first."""
    performed = [
        procedure.definition for procedure in procedures.published() if procedure.definition.performed
    ]
    return sorted(performed, key=lambda definition: -definition.priority)


@require_safe
def all_procedures(request: Request) -> HttpResponse:
    """Every procedure of the city, by turn of life when one is named."""
    code = request.GET.get("event", "")
    event = next((event for event in procedures.life_events() if event.code == code), None)
    if code and event is None:
        raise NotFound
    listed = [p.definition for p in procedures.by_life_event(code)] if event else most_wanted()
    # A turn of life is ticked as a whole; the list of everything is read page by page.
    page = Paginator(listed, len(listed) or 1 if event else PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "portal/procedures.html",
        {
            "procedures": page.object_list,
            "page": page,
            "event": event,
            "life_events": procedures.life_events(),
        },
    )


@require_safe
def procedure(request: Request, slug: str) -> HttpResponse:
    """Who may apply, what is needed, what it costs, how long it takes, and by which law."""
    try:
        compiled = procedures.get_published(slug)
    except NotFound:
        return _ended(request, procedures.get_ended(slug).definition)
    definition = compiled.definition
    return render(
        request,
        "portal/procedure.html",
        {
            "procedure": definition,
            "evidence": _evidence(compiled),
            "period": _period(request, definition),
            "section": organisation.section(definition.unit),
            "pages": len(compiled.pages),
            "instead": _instead(definition),
            "events": [event for event in procedures.life_events() if event.code in definition.life_events]
            if definition.performed
            else [],
        },
    )


def _ended(request: Request, definition: ProcedureDefinition) -> HttpResponse:
    """That nothing is accepted any more, why, and where to go instead."""
    section = organisation.section(definition.unit)
    context = {"procedure": definition, "section": section, "instead": _instead(definition)}
    return render(request, "portal/ended.html", context)


def _instead(definition: ProcedureDefinition) -> ProcedureDefinition | None:
    """The procedure that people use instead of one that ends, where it is in force."""
    successor = definition.ended.successor if definition.ended else None
    try:
        return procedures.get_published(successor).definition if successor else None
    except NotFound:
        return None


def _evidence(compiled: CompiledProcedure) -> list[dict[str, Any]]:
    """Documents to attach: each with its own sentence or its label, and whether it may fall away."""
    return [
        {
            "say": evidence.say or compiled.vocabulary.term(evidence.term).label,
            "required": evidence.required,
            "maybe": evidence.skip_when is not None,
        }
        for evidence in compiled.definition.evidence
    ]


def _period(request: Request, definition: ProcedureDefinition) -> Any:
    period = definition.statutory_limit or definition.standard_period
    return texts.t(f"portal.period.{period.count}", request.lang, furigana=request.furigana, days=period.days)
