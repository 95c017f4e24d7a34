"""One's own data and people (自分の情報・代理): what the city holds, who looked, and for whom one may act.

Owns the pages about oneself. Never shows another's data, and asks the register only through its port.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.city.parties import port
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.server.facts import in_words
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.calendar_jp import ImpossibleDate, parse_date
from dokodemo.kernel.ui import texts

PURPOSE = "own-data"


@needs_resident
@require_safe
def data(request: Request) -> HttpResponse:
    """What the city holds about oneself, and everybody who looked at it (自己情報の閲覧記録)."""
    linked = request.actor.resident_id is not None
    looks = port.who_looked(request.actor)[:100] if linked else []
    facts = port.own_facts(request.actor) if linked else []
    sections = {look.section for look in looks if look.section}
    known = {code: organisation.section(code) for code in sections}
    names = {code: section.name for code, section in known.items() if section is not None}
    titles = {p.slug: p.definition.title for p in procedures.published()}
    return render(
        request,
        "portal/data.html",
        {
            "linked": linked,
            "facts": in_words({fact.name: fact for fact in facts}, request.lang),
            "looks": [(look, names.get(look.section or ""), titles.get(look.purpose)) for look in looks],
        },
    )


@needs_resident
@require_http_methods(["GET", "POST"])
def people(request: Request) -> HttpResponse:
    """For whom one may file, and the form to ask for more (代理の申出)."""
    errors: list[tuple[str, str]] = []
    typed = {name: request.POST.get(name, "") for name in ("kind", "name", "born", "procedure")}
    if request.method == "POST":
        errors = _ask(request, typed)
        if not errors:
            return HttpResponseRedirect(f"{reverse('portal:people')}?asked=1")
    return render(
        request,
        "portal/people.html",
        {
            "linked": request.actor.resident_id is not None,
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
    try:
        born = parse_date(typed["born"])
    except ImpossibleDate:
        errors.append(("born", "portal.people.born_wrong"))
    if errors:
        return errors
    try:
        port.request_mandate(
            actor=request.actor,
            kind=port.MandateKind(typed["kind"]),
            principal_name=typed["name"].strip(),
            principal_date_of_birth=born,
            scope=[typed["procedure"] or port.EVERY_PROCEDURE],
        )
    except port.MandateRefused as refusal:
        return [("name", refusal.code)]
    return []


@needs_resident
@require_POST
def end_mandate(request: Request, mandate_id: UUID) -> HttpResponse:
    """End a mandate, given or held, at once."""
    port.revoke_mandate(actor=request.actor, mandate_id=mandate_id)
    return HttpResponseRedirect(reverse("portal:people"))


@needs_resident
@require_POST
def unlink(request: Request) -> HttpResponse:
    """Undo the link between the sign-in and the register; nothing is prefilled from then on."""
    port.unlink(actor=request.actor, account_id=request.actor.account)
    return HttpResponseRedirect(reverse("portal:data"))
