"""Citizen surveys (市民アンケート): surveys and their waves, planning one, and the page of a wave.

Owns the screens. Never decides who may act: the actions do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.adapters import mail
from dokodemo.entry.office import pages, promoting
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.surveying import RateTable, Words, count, percent, rate_table
from dokodemo.kernel.calendar_jp import ImpossibleDate, parse_date
from dokodemo.kernel.ui import charts
from dokodemo.promotion.surveys import actions, policies, queries
from dokodemo.promotion.surveys.actions import BadWave, Design
from dokodemo.promotion.surveys.definitions import Frozen
from dokodemo.promotion.surveys.models import CLOSED, DRAFT, OPEN, PUBLISHED, STATUSES, Wave
from dokodemo.promotion.surveys.queries import Rate

BOXES = ("by", "margin", "share", "response", "effect", "size", "opens", "closes", "seed")
LOOK_AGAIN_SECONDS = 2
DONE = ("planned", "opened", "closed", "published", "same", "discarded")


def common(request: Request) -> dict[str, Any]:
    """What every page of surveys has: the tabs of promotion, and whether this person runs surveys."""
    return {"promotion": promoting.tabs(request, "surveys"), "may_run": policies.may_run(request.actor)}


@needs_staff
@require_safe
def surveys(request: Request) -> HttpResponse:
    """Every survey of the city with its waves."""
    listed = queries.listed(request.actor)
    done = request.GET.get("done", "")
    context = {**common(request), "listed": listed, "done": done if done in DONE else ""}
    return pages.show(request, "office/surveys.html", context)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request, code: str) -> HttpResponse:
    """Plan a wave by a margin or a size; what comes of it is shown before anybody is drawn."""
    queries.require_runner(request.actor)
    frozen = queries.definition(code)
    typed, wrong = _defaults(frozen), dict[str, str]()
    if request.method == "POST":
        typed = {box: request.POST.get(box, "").strip()[:80] for box in BOXES}
        planned = _plan(request, code, typed, wrong)
        if planned is not None:
            where = reverse("office:surveys_wave", args=[planned])
            return HttpResponseRedirect(f"{where}?done=planned")
    context = {
        **common(request),
        "frozen": frozen,
        "survey": frozen.survey,
        "typed": typed,
        "wrong": wrong,
        "errors": pages.errors(request, [(box or "plan-form", key) for box, key in wrong.items()]),
    }
    return pages.show(request, "office/surveys_plan.html", context, status=422 if wrong else 200)


def _defaults(frozen: Frozen) -> dict[str, str]:
    expected = frozen.survey.expected
    return {
        **dict.fromkeys(BOXES, ""),
        "by": "margin",
        "margin": "4",
        "share": f"{100 * expected.share:g}",
        "response": f"{100 * expected.response_rate:g}",
        "effect": f"{expected.design_effect:g}",
    }


def _plan(request: Request, code: str, typed: dict[str, str], wrong: dict[str, str]) -> UUID | None:
    """The planned wave; else what is wrong stands in `wrong`."""
    days = {box: _day(box, typed[box], wrong) for box in ("opens", "closes")}
    if typed["by"] == "size":
        size = _number("size", typed["size"], wrong, "surveys.fault.size")
        design = Design(size=int(size))
    else:
        numbers = {
            box: _number(box, typed[box], wrong, f"surveys.fault.{box}")
            for box in ("margin", "share", "response", "effect")
        }
        design = Design(
            margin=numbers["margin"],
            share=numbers["share"] / 100,
            response=numbers["response"] / 100,
            effect=numbers["effect"],
        )
    opens, closes = days["opens"], days["closes"]
    if wrong or opens is None or closes is None:
        return None
    try:
        return actions.plan_wave(
            actor=request.actor,
            survey=code,
            opens_on=opens,
            closes_on=closes,
            design=design,
            seed=typed["seed"],
        )
    except BadWave as refused:
        wrong[refused.box] = str(refused)
        return None


def _day(box: str, text: str, wrong: dict[str, str]) -> date | None:
    try:
        return parse_date(text)
    except ImpossibleDate:
        wrong[box] = f"surveys.fault.{box}"
        return None


def _number(box: str, text: str, wrong: dict[str, str], key: str) -> float:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("%").strip()
    whole = box == "size"
    if len(plain) <= 9 and plain.replace(".", "", 0 if whole else 1).isdecimal() and plain.isascii():
        return float(plain)
    wrong[box] = key
    return 1.0


@needs_staff
@require_safe
def wave(request: Request, wave_id: UUID) -> HttpResponse:
    """One wave: what it is, how far it is, and what can be done next."""
    done = request.GET.get("done", "")
    return show_wave(request, wave_id, done=done if done in DONE else "")


def show_wave(
    request: Request,
    wave_id: UUID,
    *,
    done: str = "",
    wrong: BadWave | None = None,
    typed: str = "",
    new_code: str = "",
    publishing: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page of a wave, also after something was refused or a code was made."""
    found = queries.get(request.actor, wave_id)
    frozen = queries.frozen_of(found)
    refused = wrong is not None
    words = Words(request, frozen)
    progress = queries.progress(found)
    reading = queries.reading_of(found)
    if reading is not None and reading.refused and wrong is None:
        wrong = BadWave(reading.refused)
    waits = reading is not None and not reading.refused
    box = (wrong.box or "next") if wrong else ""
    context = {
        **common(request),
        "wave": found,
        "reading": reading if waits else None,
        "survey": frozen.survey,
        "states": {"draft": DRAFT, "open": OPEN, "closed": CLOSED, "published": PUBLISHED},
        "progress": progress,
        "rate": percent(progress.total.percent),
        "frame": count(found.frame),
        "asked": count(found.sample),
        "returned": count(progress.total.returned),
        "tables": _tables(words, found, progress),
        "more": found.sample > int(found.plan["wanted"] or 0),
        "sample": _sample(words, progress.bands) if found.state == DRAFT and found.sample else "",
        "strata": [
            (
                words.band(str(row.band)),
                words.sex(row.sex),
                words.district(row.district),
                count(row.population),
                count(row.invited),
                f"{row.population / row.invited:.1f}" if row.invited else "–",
            )
            for row in queries.strata(found)
        ],
        "done": done,
        "new_code": new_code,
        "typed": typed,
        "publishing": publishing or {"status": "final", "reason": ""},
        "publications": queries.publications(found),
        "statuses": STATUSES,
        "mail": queries.by_mail(found),
        "mail_offered": mail.is_offered(),
        "kept_until": queries.kept_until(found),
        "wrong": {box: str(wrong)} if wrong else {},
        "errors": pages.errors(request, [(box, str(wrong))]) if wrong else [],
    }
    answer = pages.show(request, "office/surveys_wave.html", context, status=422 if refused else 200)
    if waits:
        # Until the register has been read the page is about nothing else, and shows how far that is by itself.
        answer["Refresh"] = f"{LOOK_AGAIN_SECONDS}; url={reverse('office:surveys_wave', args=[wave_id])}"
    return answer


def _tables(words: Words, found: Wave, progress: queries.Progress) -> list[RateTable]:
    margins = {
        "bands": (progress.bands, words.band),
        "sexes": (progress.sexes, words.sex),
        "districts": (progress.districts, words.district),
    }
    if found.state != OPEN:
        return []
    return [
        rate_table(
            words,
            name,
            [
                (label(one.code), count(one.invited), count(one.returned), percent(one.percent))
                for one in rows
            ],
            [_point(label(one.code), one) for one in rows],
        )
        for name, (rows, label) in margins.items()
    ]


def _point(label: str, rate: Rate) -> charts.Point:
    return charts.Point(label, rate.percent, percent(rate.percent))


def _sample(words: Words, rows: list[Rate]) -> SafeString:
    frame = words.frame("sample", "surveys.chart.sample", "surveys.chart.sample_desc", unit="")
    return charts.bars(frame, [charts.Point(words.band(one.code), one.invited) for one in rows])
