"""What a wave came to (調査結果): the page for staff, words people wrote, and the published files.

Owns the screens. Never shows more of numbers than everybody may see once they are published.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dokodemo.entry import surveying
from dokodemo.entry.office import pages
from dokodemo.entry.office.surveys import common
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.access import NotFound
from dokodemo.promotion.surveys import policies, queries
from dokodemo.promotion.surveys.models import PUBLISHED, Wave


@needs_staff
@require_safe
def results(request: Request, wave_id: UUID) -> HttpResponse:
    """Question by question: shares, intervals, age bands, pictures, and the waves before."""
    wave, found = queries.results(request.actor, wave_id)
    context = {
        **common(request),
        "wave": wave,
        "survey": queries.frozen_of(wave).survey,
        "found": found,
        "returned": surveying.count(found["returned"]),
        "invited": surveying.count(found["invited"]),
        "rate": surveying.percent(100 * found["returned"] / found["invited"] if found["invited"] else None),
        "blocks": surveying.blocks(request, wave, earlier=queries.earlier(wave)),
        "rates": surveying.rates(request, wave),
        "may_read_words": policies.may_read_words(request.actor),
        "in_office": True,
    }
    return pages.show(request, "office/surveys_results.html", context)


@needs_staff
@require_safe
def words(request: Request, wave_id: UUID, question: str) -> HttpResponse:
    """What people wrote in their own words."""
    page = queries.words(request.actor, wave_id, question, pages.page_number(request))
    wave = queries.get(request.actor, wave_id)
    survey = queries.frozen_of(wave).survey
    context = {
        **common(request),
        "wave": wave,
        "survey": survey,
        "question": next(one for one in survey.questions if one.code == question),
        "page": page,
        "kept_until": queries.kept_until(wave),
    }
    return pages.show(request, "office/surveys_words.html", context)


def _published(request: Request, wave_id: UUID) -> Wave:
    wave, _ = queries.results(request.actor, wave_id)
    if wave.state != PUBLISHED:
        raise NotFound("results")
    return wave


@needs_staff
@require_safe
def table(request: Request, wave_id: UUID) -> HttpResponse:
    """The published numbers as CSV."""
    wave = _published(request, wave_id)
    rows = surveying.as_table([wave], request.lang)
    return csv_response(rows, f"survey-{wave.survey}-{wave.number}.csv")


@needs_staff
@require_safe
def numbers(request: Request, wave_id: UUID) -> JsonResponse:
    """The published numbers for machines."""
    wave = _published(request, wave_id)
    return JsonResponse(surveying.as_json(wave), json_dumps_params={"ensure_ascii": False, "indent": 1})
