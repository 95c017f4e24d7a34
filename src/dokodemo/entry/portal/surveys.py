"""Answering a survey by the code of a letter (アンケートに答える), and the published results for everybody.

Owns the public pages. The code is never part of an address, a cookie or the session: it goes along in the form. Whoever is
signed in answers like anybody else.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.entry import surveying
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.ui import texts
from dokodemo.promotion.surveys import actions, queries
from dokodemo.promotion.surveys.actions import BadAnswers, NotUsable, TooManyWrongCodes
from dokodemo.promotion.surveys.logic import LONGEST_TYPED, Filled, read_answers
from dokodemo.promotion.surveys.models import Wave

LONGEST_CODE = 80
_SWITCH = ("_language", "_furigana")


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: Request) -> HttpResponse:
    """Code, questions, check: one address, each page posted to it with everything typed so far."""
    if request.method != "POST":
        return _show(request, "portal/survey.html", {"code": ""})
    code, at = request.POST.get("code", "")[:LONGEST_CODE], request.POST.get("at", "")
    step = request.POST.get("step", "")
    if any(name in request.POST for name in _SWITCH):
        step = {"questions": "change", "check": "check"}.get(at, "")
        if not step:
            return _show(request, "portal/survey.html", {"code": code})
    if not code.strip():
        return _refused(request, code, "portal.survey.no_code", 422)
    try:
        return _step(request, code, step)
    except NotUsable:
        context = {"code": code, "unusable": True}
        return _show(request, "portal/survey.html", context, status=422)
    except TooManyWrongCodes:
        return _refused(request, code, "portal.survey.too_many", 429)


def _step(request: Request, code: str, step: str) -> HttpResponse:
    client = request.META.get("REMOTE_ADDR", "")
    wave = actions.check_code(code=code, client=client)
    frozen = queries.frozen_of(wave)
    posted = {
        one.code: request.POST.get(f"q-{one.code}", "")[:LONGEST_TYPED] for one in frozen.survey.questions
    }
    if step == "send":
        try:
            actions.answer(code=code, answers=posted, client=client)
        except BadAnswers as refused:
            return _questions(request, wave, code, refused.filled)
        return HttpResponseRedirect(reverse("portal:survey_thanks"))
    filled = read_answers(frozen, posted)
    if step == "check" and not filled.faults:
        return _check(request, wave, code, filled)
    # Opening the form, or going back to it, is no mistake yet.
    if step != "check":
        filled.faults = []
    return _questions(request, wave, code, filled)


def _questions(request: Request, wave: Wave, code: str, filled: Filled) -> HttpResponse:
    wrong = dict(filled.faults)
    frozen = queries.frozen_of(wave)
    questions = frozen.survey.questions
    context = {
        "frozen": frozen,
        "survey": frozen.survey,
        "wave": wave,
        "kept_until": queries.kept_until(wave),
        "code": code,
        "asked": [(one, filled.typed.get(one.code, ""), wrong.get(one.code, "")) for one in questions],
        "errors": [
            {
                "href": f"#q-{one or questions[0].code}",
                "message": texts.t(key, request.lang, furigana=request.furigana),
            }
            for one, key in filled.faults
        ],
        "switch_form": "survey",
    }
    return _show(request, "portal/survey_questions.html", context, status=422 if wrong else 200)


def _check(request: Request, wave: Wave, code: str, filled: Filled) -> HttpResponse:
    rows, frozen = [], queries.frozen_of(wave)
    for one in frozen.survey.questions:
        said = filled.answers.get(one.code, "")
        label = next((option.label for option in one.options if option.code == said), None)
        rows.append((one, said, label))
    context = {
        "survey": frozen.survey,
        "wave": wave,
        "kept_until": queries.kept_until(wave),
        "code": code,
        "rows": rows,
    }
    return _show(request, "portal/survey_check.html", context)


def _refused(request: Request, code: str, key: str, status: int) -> HttpResponse:
    said = texts.t(key, request.lang, furigana=request.furigana)
    context = {"code": code, "wrong": said, "errors": [{"href": "#code", "message": said}]}
    return _show(request, "portal/survey.html", context, status=status)


def _show(request: Request, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, template, {"switch_form": "survey", **context}, status=status)
    # A shared computer must not give an answer back by the button "back".
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def thanks(request: Request) -> HttpResponse:
    """Thanks, and where results will stand."""
    return render(request, "portal/survey_thanks.html", {"surveys": queries.published_surveys()})


# Results


@require_safe
def results(request: Request, code: str) -> HttpResponse:
    """The published results of a survey, the newest wave in full and the others as a choice."""
    waves = queries.published(code)
    number = request.GET.get("wave", "")
    wave = next((one for one in waves if str(one.number) == number), waves[0])
    older = [one for one in reversed(waves) if one.number <= wave.number]
    found = wave.results
    context = {
        "survey": queries.frozen_of(wave).survey,
        "code": code,
        "wave": wave,
        "waves": waves,
        "publications": queries.publications(wave),
        "kept_until": queries.kept_until(wave),
        "found": found,
        "returned": surveying.count(found["returned"]),
        "invited": surveying.count(found["invited"]),
        "rate": surveying.percent(100 * found["returned"] / found["invited"] if found["invited"] else None),
        "blocks": surveying.blocks(request, wave, earlier=older),
        "rates": surveying.rates(request, wave),
    }
    return render(request, "portal/survey_results.html", context)


@require_safe
def table(request: Request, code: str) -> HttpResponse:
    """Every published wave as CSV."""
    rows = surveying.as_table(queries.published(code), request.lang)
    return csv_response(rows, f"survey-{code}.csv")


@require_safe
def numbers(request: Request, code: str) -> JsonResponse:
    """Every published wave for machines."""
    waves = [surveying.as_json(wave) for wave in queries.published(code)]
    return JsonResponse({"waves": waves}, json_dumps_params={"ensure_ascii": False, "indent": 1})
