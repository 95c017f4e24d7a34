"""Offers on one's own page (給付の案内): look into one, decline it, and say whether one wants to be told at all.

Owns the answers to an offer. Never shows one to anybody but the person addressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from dokodemo.administration.cases import actions
from dokodemo.administration.eligibility import actions as eligibility
from dokodemo.administration.eligibility import queries
from dokodemo.administration.eligibility.models import Offer
from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.definitions import Proactive, ProcedureDefinition
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.portal.visitors import needs_resident
from dokodemo.entry.portal.writing import tell, writing
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.packs import Text


@dataclass(frozen=True)
class OfferCard:
    """An offer as the person sees it: what it is about, who sent it, and which facts were looked at on which ground."""

    offer: Offer
    procedure: ProcedureDefinition
    proactive: Proactive
    section: Text | None
    facts: list[tuple[Text, str]]


def cards(request: Request) -> list[OfferCard]:
    """One's own open offers."""
    found = []
    for offer in queries.my_offers(request.actor):
        version = procedures.compiled_version(offer.version_id)
        proactive = version.definition.proactive
        if proactive is None:
            continue
        section = organisation.section(offer.section)
        facts = [(version.vocabulary.term(u.term).label, f"{u.law} {u.article}") for u in proactive.uses]
        found.append(
            OfferCard(offer, version.definition, proactive, section.name if section else None, facts)
        )
    return found


@needs_resident
@require_POST
def open_offer(request: Request, offer_id: UUID) -> HttpResponse:
    """Go on to the application, filled as far as the city knows; the rest is asked, then one confirmation."""
    try:
        draft = actions.open_offer(actor=request.actor, offer_id=offer_id)
    except eligibility.NotOffered as over:
        tell(request, over.code)
        return HttpResponseRedirect(reverse("portal:my"))
    except Forbidden:
        tell(request, "eligibility.offer.not_here")
        return HttpResponseRedirect(reverse("portal:my"))
    return HttpResponseRedirect(writing(draft).go_on())


@needs_resident
@require_POST
def decline(request: Request, offer_id: UUID) -> HttpResponse:
    """Put an offer aside; it is not sent again."""
    try:
        eligibility.decline_offer(actor=request.actor, offer_id=offer_id)
        tell(request, "eligibility.offer.declined_now")
    except eligibility.NotOffered as over:
        tell(request, over.code)
    return HttpResponseRedirect(reverse("portal:my"))


@needs_resident
@require_POST
def wish(request: Request) -> HttpResponse:
    """Say whether one wants to be told of benefits. Anything but `out` means yes."""
    if request.POST.get("wish") == "out":
        eligibility.opt_out(actor=request.actor)
        tell(request, "eligibility.offer.out")
    else:
        eligibility.opt_in(actor=request.actor)
        tell(request, "eligibility.offer.in")
    return HttpResponseRedirect(reverse("portal:my"))
