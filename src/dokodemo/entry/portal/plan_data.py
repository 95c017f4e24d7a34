"""The plan for machines and for those who follow it (計画のオープンデータと更新情報): JSON, CSV, and a feed in Atom (RFC 4287).

Owns the addresses. Never shows what a section wrote in a report: the state it reported is public, its words are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from dokodemo.entry.portal.doing import doing
from dokodemo.entry.server.as_of import as_of, refused
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import LANGS, as_lang, html_lang, say_plain
from dokodemo.promotion.closing import queries as endings
from dokodemo.promotion.following import changes
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators import withdrawals
from dokodemo.promotion.indicators.definitions import Observed
from dokodemo.promotion.indicators.observing import Withdrawn
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import as_json
from dokodemo.promotion.plan.definitions import Measure

NUMBER_COLUMNS = (
    "code",
    "title_ja",
    "title_en",
    "unit",
    "numerator",
    "denominator",
    "value",
    "from",
    "as_of",
    "state",
    "status",
    "vintage",
    "published_on",
    "answers",
    "low",
    "high",
    "survey",
    "wave",
    "missing_ja",
    "missing_en",
    "withdrawn_from",
    "withdrawn_to",
    "withdrawn_on",
    "withdrawn_cause",
    "withdrawn_reason",
)
ACTION_COLUMNS = (
    "code",
    "title_ja",
    "title_en",
    "measures",
    "section",
    "from",
    "to",
    "budget_yen",
    "state",
    "sample",
)


@require_safe
def numbers(request: Request) -> HttpResponse:
    """Every number of the plan: each with numerator, denominator, unit and day; and every action of the year.

    As of today, or of the day in `?on=`; a day that cannot be is answered with 400 and what to do.
    """
    day = as_of(request)
    if day.wrong:
        return refused(request, day, as_json=True)
    found = plans.plan(day.on)
    final = endings.final(found.code, by=day.on)
    return JsonResponse(
        {
            "plan": found.code,
            "as_of": day.on.isoformat(),
            "period": {"from": found.period.from_.isoformat(), "to": found.period.to.isoformat()},
            "ended": day.on > found.period.to,
            "closed_on": final.closed.on.isoformat() if final is not None else None,
            "indicators": [_number(one, day.on) for one in _readings(day.on)],
            "actions": [
                {
                    **as_json(one.action),
                    "state": one.state or None,
                    "section_name": one.section.name.model_dump() if one.section is not None else None,
                }
                for one in doing(day.on)
            ],
        },
        json_dumps_params={"ensure_ascii": False},
    )


def _readings(on: date) -> Iterable[Reading]:
    return withdrawals.told(indicators.readings(on=on), on=on).values()


def _number(reading: Reading, on: date) -> dict[str, Any]:
    one = reading.observed
    return {
        "code": reading.indicator.code,
        "title": reading.indicator.title.model_dump(),
        "unit": reading.indicator.unit,
        "numerator": reading.ratio.numerator if reading.ratio else None,
        "denominator": reading.ratio.denominator if reading.ratio else None,
        "percent": reading.percent,
        "value": reading.value,
        "observed": None
        if one is None
        else one.model_dump(mode="json", by_alias=True, exclude={"indicator"}),
        "as_of": (reading.ratio.as_of if reading.ratio is not None else on).isoformat(),
        "state": reading.indicator.state,
        "missing": _missing(reading),
        "withdrawn": reading.withdrawn.as_json() if reading.withdrawn is not None else None,
    }


def _missing(reading: Reading) -> dict[str, str] | None:
    """Why there is no value, in each language; None where there is one."""
    if reading.missing is not None:
        return {lang: say_plain(reading.missing, lang) for lang in LANGS}
    if not reading.missing_key:
        return None
    return {lang: texts.plain(reading.missing_key, lang) for lang in LANGS}


@require_safe
def number_table(request: Request) -> HttpResponse:
    """The same numbers as CSV: of what is observed elsewhere `from` and `as_of` are its period, empty is 未計測."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    rows = []
    for reading in _readings(day.on):
        ratio, observed = reading.ratio, reading.observed
        days = (
            (observed.from_, observed.to)
            if observed is not None
            else ("", ratio.as_of if ratio is not None else day.on)
        )
        missing = _missing(reading) or {}
        rows.append(
            [
                reading.indicator.code,
                reading.indicator.title.ja,
                say_plain(reading.indicator.title, "en"),
                reading.indicator.unit,
                ratio.numerator if ratio else "",
                ratio.denominator if ratio else "",
                "" if reading.value is None else f"{reading.value:.10g}",
                *(str(one) for one in (days if reading.value is not None else ("", ""))),
                reading.indicator.state,
                *_published(observed),
                missing.get("ja", ""),
                missing.get("en", ""),
                *_withdrawn(reading.withdrawn),
            ]
        )
    return csv_response([NUMBER_COLUMNS, *rows], "plan-numbers.csv")


def _published(one: Observed | None) -> list[str]:
    """How final an observed value is, since when it is known, and of a survey what it rests on."""
    if one is None:
        return [""] * 8
    found = (one.status, one.vintage, one.published_on, one.answers, one.low, one.high, one.survey, one.wave)
    return ["" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell) for cell in found]


def _withdrawn(one: Withdrawn | None) -> list[str]:
    """The period of a value that was withdrawn, on which day and why; never the value."""
    if one is None:
        return [""] * 5
    return [one.from_.isoformat(), one.to.isoformat(), one.on.isoformat(), one.cause, one.reason]


@require_safe
def action_table(request: Request) -> HttpResponse:
    """The actions of the version in force as CSV: several measures are parted by a space, money is yen of the year."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    rows = [
        [
            one.action.code,
            one.action.title.ja,
            say_plain(one.action.title, "en"),
            " ".join(one.action.measures),
            one.section.name.ja if one.section is not None else one.action.section,
            one.action.from_.isoformat(),
            one.action.to.isoformat(),
            "" if one.action.budget_yen is None else one.action.budget_yen,
            one.state,
            "sample" if one.action.sample else "",
        ]
        for one in doing(day.on)
    ]
    return csv_response([ACTION_COLUMNS, *rows], "plan-actions.csv")


@require_safe
def feed(request: Request) -> HttpResponse:
    """What happened to the plan, the newest first: versions adopted, actions reported on, values withdrawn.

    `?measure=CODE` follows one measure, `?lang=en` or `easy` another language: readers of feeds send no cookie.
    """
    lang = as_lang(request.GET.get("lang")) or "ja"
    measure = _measure(request.GET.get("measure", ""))
    title = say_plain(plans.plan().title, lang)
    if measure is not None:
        title = f"{title}: {say_plain(measure.title, lang)}"
    here = _page(request, measure.code if measure is not None else "")
    made = Atom1Feed(
        title=title,
        link=here,
        description=texts.plain("portal.plan.feed_lead", lang),
        language=html_lang(lang),
        feed_url=request.build_absolute_uri(),
    )
    for change in changes.latest(measure.code if measure is not None else ""):
        title = change.title(lang)
        made.add_item(
            unique_id=f"urn:uuid:{change.id}",
            title=title,
            description=title,
            link=_page(request, change.place) if change.place else here,
            updateddate=change.when,
            pubdate=change.when,
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _measure(code: str) -> Measure | None:
    if not code:
        return None
    for measure in plans.plan().measures:
        if measure.code == code:
            return measure
    raise Http404


def _page(request: HttpRequest, measure: str) -> str:
    place = f"#measure-{measure}" if measure else ""
    return request.build_absolute_uri(reverse("portal:plan")) + place
