"""The plan for machines and for those who follow it (計画のオープンデータと更新情報): JSON, CSV, and a feed in Atom (RFC 4287).

Owns the addresses. Never shows what a section wrote in a report: the state it reported is public, its words are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from dokodemo.entry.portal.planning import doing
from dokodemo.entry.server.as_of import as_of, refused
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import Lang, as_lang, html_lang, say_plain
from dokodemo.promotion.closing import queries as endings
from dokodemo.promotion.headquarters import queries as headquarters
from dokodemo.promotion.headquarters.packet import quarter_words
from dokodemo.promotion.indicators import queries as indicators
from dokodemo.promotion.indicators.queries import Reading
from dokodemo.promotion.plan import queries as plans
from dokodemo.promotion.plan.action_plan import Action, as_json
from dokodemo.promotion.plan.definitions import Measure
from dokodemo.promotion.plan.models import ActionPlan

MOST_ENTRIES = 50
VERSIONS_READ = 12
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
            "indicators": [_number(one, day.on) for one in indicators.readings(on=day.on).values()],
            "actions": [
                {
                    **as_json(one.action),
                    "state": one.state or None,
                    "section_name": one.section.name.model_dump() if one.section is not None else None,
                }
                for one in doing(day.on)
            ],
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )


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
    }


@require_safe
def number_table(request: Request) -> HttpResponse:
    """The same numbers as CSV: of what is observed elsewhere `from` and `as_of` are its period, empty is 未計測."""
    day = as_of(request)
    if day.wrong:
        return refused(request, day)
    rows = []
    for reading in indicators.readings(on=day.on).values():
        ratio, observed = reading.ratio, reading.observed
        days = (
            (observed.from_, observed.to)
            if observed is not None
            else ("", ratio.as_of if ratio is not None else day.on)
        )
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
            ]
        )
    return csv_response([NUMBER_COLUMNS, *rows], "plan-numbers.csv")


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
    """What happened to the plan, the newest first: versions adopted, actions reported on.

    `?measure=CODE` follows one measure, `?lang=en` or `easy` another language: readers of feeds send no cookie.
    """
    lang = as_lang(request.GET.get("lang")) or "ja"
    measure = _measure(request.GET.get("measure", ""))
    versions = plans.adopted(VERSIONS_READ)
    known = _known(versions, measure)
    title = say_plain(plans.plan().title, lang)
    if measure is not None:
        title = f"{title}: {say_plain(measure.title, lang)}"
    here = _page(request, measure)
    made = Atom1Feed(
        title=title,
        link=here,
        description=texts.plain("portal.plan.feed_lead", lang),
        language=html_lang(lang),
        feed_url=request.build_absolute_uri(),
    )
    entries = [
        *(
            _adoption(one, lang, here)
            for one in versions
            if any(a["code"] in known for a in one.content["actions"])
        ),
        *_reports(request, known, measure, lang),
    ]
    for entry in sorted(entries, key=lambda one: one["updateddate"], reverse=True)[:MOST_ENTRIES]:
        made.add_item(**entry)
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _measure(code: str) -> Measure | None:
    if not code:
        return None
    for measure in plans.plan().measures:
        if measure.code == code:
            return measure
    raise Http404


def _known(versions: Sequence[ActionPlan], measure: Measure | None) -> dict[str, Action]:
    """The actions of the versions, as the newest that has them says; only those that serve the measure."""
    found: dict[str, Action] = {}
    for version in reversed(versions):
        found.update((one.code, one) for one in plans.actions_of(version))
    return {code: one for code, one in found.items() if measure is None or measure.code in one.measures}


def _page(request: HttpRequest, measure: Measure | None) -> str:
    place = f"#measure-{measure.code}" if measure is not None else ""
    return request.build_absolute_uri(reverse("portal:plan")) + place


def _adoption(version: ActionPlan, lang: Lang, link: str) -> dict[str, Any]:
    year = calendar_jp.fiscal_year_label(version.fiscal_year, lang)
    title = texts.plain("portal.plan.feed_adopted", lang, year=year, number=version.number)
    return _entry(version.pk, title, link, version.adopted_at)


def _reports(
    request: HttpRequest, known: dict[str, Action], measure: Measure | None, lang: Lang
) -> list[dict[str, Any]]:
    by_code = {one.code: one for one in plans.plan().measures}
    found = []
    for told in headquarters.told(MOST_ENTRIES, actions=known):
        action = known[told.action]
        state = texts.plain(f"headquarters.state.{told.state}", lang)
        name = f"{say_plain(action.title, lang)}: {state} – {quarter_words(told.quarter, lang)}"
        if action.sample:
            name = f"{texts.plain('ui.mark.sample', lang)} {name}"
        link = _page(request, measure or by_code.get(action.measures[0]))
        found.append(_entry(told.id, name, link, told.filed_at))
    return found


def _entry(key: object, title: str, link: str, when: datetime) -> dict[str, Any]:
    return {
        "unique_id": f"urn:uuid:{key}",
        "title": title,
        "description": title,
        "link": link,
        "updateddate": when,
        "pubdate": when,
    }
