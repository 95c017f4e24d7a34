"""One procedure of the inventory that nobody has written here yet (窓口の手続きのページ).

Owns the page: what it is, whose it is, how far it is online, what to bring, by which law. What comes from the nation's
survey is told as such. Never shows what the city does not perform.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from dokodemo.administration.inventory import queries
from dokodemo.administration.inventory.definitions import NOTHING_TO_ATTACH, CodeLists, Performed, load_codes
from dokodemo.administration.inventory.standing import Standing
from dokodemo.administration.procedures import queries as procedures
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import text_jp
from dokodemo.kernel.access import NotFound
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.ui.language import say


@require_safe
def row(request: Request, number: str) -> HttpResponse:
    """A row's own page; one that a published procedure answers for leads there."""
    standing, survey = queries.for_everybody(number)
    if standing.definitions:
        return HttpResponseRedirect(reverse("portal:procedure", args=[standing.definitions[0]]))
    section = organisation.section(standing.section) if standing.section else None
    context = {
        "row": standing,
        "name": _japanese(request, standing.name),
        "section": section,
        "state": _state(standing),
        "lacks": standing.answer.lacks,
        "missing": _japanese(request, standing.answer.missing) if standing.answer.missing else "",
        "evidence": _codes(request, "evidence", survey.evidence, but=NOTHING_TO_ATTACH),
        "nothing_to_attach": NOTHING_TO_ATTACH in survey.evidence,
        "identity": _codes(request, "identity", survey.identity),
        "fee": _codes(request, "fee", (survey.fee,) if survey.fee else ()),
        "fee_methods": _codes(request, "fee_method", survey.fee_methods),
        "law": " ".join(part for part in (survey.law, survey.article) if part),
        "law_number": survey.law_number,
        "period": survey.period_offline,
        "volume": f"{standing.answer.yearly:,}" if standing.answer.yearly else "",
        "events": [event for event in procedures.life_events() if event.code in survey.life_events],
        "imported": queries.imported(),
    }
    return render(request, "portal/counter_row.html", context)


def _state(standing: Standing) -> str:
    """`unknown` while no section has said anything: then nothing is promised and nothing denied."""
    if standing.performed is Performed.NOT_PERFORMED:
        raise NotFound
    return standing.online.value if standing.online is not None else "unknown"


@lru_cache(maxsize=4)
def _lists(pack: str) -> CodeLists:
    return load_codes(open_pack(pack))


def _codes(request: Request, name: str, codes: Any, but: str = "") -> list[SafeString]:
    """Codes of the survey in the reader's language."""
    known = _lists(settings.DOKODEMO_PACK).list_of(name)
    found = [known[code] for code in codes if code in known and code != but]
    return [
        say(code.en, "en", furigana=False) if request.lang == "en" else _japanese(request, code.ja)
        for code in found
    ]


def _japanese(request: Request, text: str) -> SafeString:
    """Words that exist in Japanese only; readings are added for whoever reads with readings."""
    if request.furigana and request.lang != "en":
        text = text_jp.add_furigana(text)
    return say(text, request.lang, furigana=request.furigana)
