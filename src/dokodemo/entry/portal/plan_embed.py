"""A measure of the plan on somebody else's page (埋め込み): the sentence, the picture, the day and a link.

Owns the only page of the city hall that others may frame. So it holds no form, no script, nobody's name and no cookie, and its
language is in its address.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from dokodemo.entry.portal.doing import doing
from dokodemo.entry.portal.measure_picture import picture
from dokodemo.entry.server.as_of import as_of, refused
from dokodemo.entry.server.requests import Request
from dokodemo.kernel.ui.language import as_lang, html_lang
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators import withdrawals
from dokodemo.promotion.plan import queries as plans

KEPT_SECONDS = 300
POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": ["*"],
}


@require_safe
@xframe_options_exempt
@csp_override(POLICY)
def measure(request: Request, code: str) -> HttpResponse:
    """One measure in `?lang=ja`, `easy` or `en`: whoever frames it chooses, the reader's own choice is not read.

    As of today, or of the day in `?on=`; a day that cannot be is answered with 400 and what to do.
    """
    day = as_of(request)
    plan = plans.plan(day.on)
    found = next((one for one in plan.measures if one.code == code), None)
    if found is None:
        raise Http404
    speak(request)
    if day.wrong:
        return refused(request, day)
    actions = [one for one in doing(day.on) if found.code in one.action.measures]
    numbers = indicators.readings(found.indicators, on=day.on) if found.indicators else {}
    readings = list(withdrawals.told(numbers, on=day.on).values())
    context = {
        "plan": plan,
        "measure": found,
        "doing": actions,
        "finished": sum(1 for one in actions if one.state == "finished"),
        "sample": any(one.action.sample for one in actions),
        "picture": picture(request, "measure", readings, actions),
        "withdrawn": [one for one in readings if one.withdrawn is not None],
        "as_of": day.on,
        "address": f"{settings.DOKODEMO_BASE_URL}/plan{day.query}#measure-{found.code}",
    }
    response = render(request, "portal/plan_embed.html", context)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def speak(request: Request) -> None:
    """The page's language is the address's, Japanese where it names none."""
    request.lang = as_lang(request.GET.get("lang")) or "ja"
    request.furigana = request.lang == "easy"
    translation.activate(html_lang(request.lang))
