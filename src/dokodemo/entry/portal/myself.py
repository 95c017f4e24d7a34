"""One's own data and people (自分の情報・代理): what the city holds, who looked, and for whom one may act.

Owns the pages about oneself. Never shows another's data, and asks the register only through its port.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import port
from dokodemo.city.parties.looks import Look
from dokodemo.entry.portal import linking
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.server.facts import in_words
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.calendar_jp import ImpossibleDate, parse_date
from dokodemo.kernel.packs import Text
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say
from dokodemo.promotion.surveys import queries as surveys

MOST_LOOKS = 500
# Which box of the request for a mandate a refusal is about; all others are about the person named.
_BOXES = {"parties.mandate.days": "ends", "parties.mandate.scope": "procedure"}


@needs_resident
@require_safe
def data(request: Request) -> HttpResponse:
    """What the city holds about oneself, and everybody who looked at it (自己情報の閲覧記録)."""
    linked = request.actor.resident_id is not None
    looks = port.who_looked(request.actor)[:MOST_LOOKS] if linked else []
    facts = port.own_facts(request.actor) if linked else []
    sections = {look.section for look in looks if look.section}
    known = {code: organisation.section(code) for code in sections}
    names = {code: section.name for code, section in known.items() if section is not None}
    titles = {p.slug: p.definition.title for p in procedures.published()}
    asked = surveys.by_purpose()
    return render(
        request,
        "portal/data.html",
        {
            "linked": linked,
            "link": linking.unlinked(request),
            "facts": in_words({fact.name: fact for fact in facts}, request.lang),
            "looks": [
                {
                    "at": look.at,
                    "times": times,
                    "by": texts.t(f"portal.data.by_{look.by}", request.lang, furigana=request.furigana),
                    "section": names.get(look.section or ""),
                    "why": _why(request, look.purpose, titles.get(look.purpose), asked.get(look.purpose)),
                }
                for look, times in _by_day(looks)
            ],
        },
    )


def _by_day(looks: list[Look]) -> list[tuple[Look, int]]:
    """One line for what the same side did for the same purpose on one day, with how often; newest first."""
    lines: dict[tuple[object, ...], tuple[Look, int]] = {}
    for look in looks:
        key = (calendar_jp.jst_day(look.at), look.by, look.section, look.purpose)
        first, times = lines.get(key, (look, 0))
        lines[key] = (first, times + 1)
    return list(lines.values())


def _why(request: Request, purpose: str, title: Text | None, survey: Text | None) -> SafeString | str:
    """The purpose as people read it: the procedure's title, the survey one was drawn for, or a sentence of ours."""
    if title is not None:
        return say(title, request.lang, furigana=request.furigana)
    if survey is not None:
        named = say(survey, request.lang, furigana=request.furigana)
        return texts.t("portal.data.why_survey", request.lang, furigana=request.furigana, survey=named)
    for key in (f"portal.data.why_{purpose}", f"office.purpose.{purpose}"):
        if key in texts.catalogue().entries:
            return texts.t(key, request.lang, furigana=request.furigana)
    return purpose


@needs_resident
@require_http_methods(["GET", "POST"])
def people(request: Request) -> HttpResponse:
    """For whom one may file, and the form to ask for more (代理の申出)."""
    errors: list[tuple[str, str]] = []
    typed = {name: request.POST.get(name, "") for name in ("kind", "name", "born", "procedure", "ends")}
    if request.method == "POST":
        errors = _ask(request, typed)
        if not errors:
            return HttpResponseRedirect(f"{reverse('portal:people')}?asked=1")
    else:
        # Whoever comes from a procedure asks for that one.
        typed["procedure"] = request.GET.get("procedure", "")
    return render(
        request,
        "portal/people.html",
        {
            "linked": request.actor.resident_id is not None,
            "link": linking.unlinked(request),
            "options": [
                option for option in port.capacities(request.actor) if option.capacity.kind != "self"
            ],
            "mandates": port.my_mandates(request.actor),
            "kinds": list(port.MandateKind),
            "procedures": [p.definition for p in procedures.published()],
            "typed": typed,
            "asked": "asked" in request.GET,
            "errors": [
                {"href": f"#{field}", "message": texts.t(key, request.lang, furigana=request.furigana)}
                for field, key in errors
            ],
            "wrong": dict(errors),
            "typed_form": "ask" if request.actor.resident_id is not None else "",
        },
        status=422 if errors else 200,
    )


def _ask(request: Request, typed: dict[str, str]) -> list[tuple[str, str]]:
    errors = []
    if typed["kind"] not in {kind.value for kind in port.MandateKind}:
        errors.append(("kind", "portal.people.choose_kind"))
    if not typed["name"].strip():
        errors.append(("name", "portal.people.name_missing"))
    slugs = {p.slug for p in procedures.published()}
    if typed["procedure"] and typed["procedure"] not in slugs:
        errors.append(("procedure", "portal.people.choose_procedure"))
    born, ends = (_day(typed[field]) for field in ("born", "ends"))
    if born is None:
        errors.append(("born", "portal.people.born_wrong"))
    if typed["ends"].strip() and ends is None:
        errors.append(("ends", "portal.people.ends_wrong"))
    if errors or born is None:
        return errors
    try:
        port.request_mandate(
            actor=request.actor,
            kind=port.MandateKind(typed["kind"]),
            principal_name=typed["name"].strip(),
            principal_date_of_birth=born,
            scope=[typed["procedure"] or port.EVERY_PROCEDURE],
            ends_on=ends,
        )
    except port.MandateRefused as refusal:
        return [(_BOXES.get(refusal.code, "name"), refusal.code)]
    return []


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ImpossibleDate:
        return None


@needs_resident
@require_POST
def end_mandate(request: Request, mandate_id: UUID) -> HttpResponse:
    """End a mandate, given or held, at once."""
    port.revoke_mandate(actor=request.actor, mandate_id=mandate_id)
    return HttpResponseRedirect(reverse("portal:people"))
