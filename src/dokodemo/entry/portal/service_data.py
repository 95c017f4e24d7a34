"""Procedures for machines (手続のオープンデータ): every procedure in force as CSV, and page by page as JSON.

Owns the two addresses. What stands in a row is said by `procedures.service_catalogue`. Kept until the next publication;
who asks with the tag of what they have is told that nothing changed.
"""

from __future__ import annotations

import csv
import hashlib
import io
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.service_catalogue import COLUMNS, Around, row_of
from dokodemo.city.organisation import queries as organisation
from dokodemo.kernel.packs import open_pack
from dokodemo.kernel.tables import harmless

PAGE = 100
SECONDS_KEPT = 300

type Row = dict[str, str | int | None]


def _tag(request: HttpRequest, **_: object) -> str:
    """Changes with what is in force, the sections and where the city lives."""
    told = repr((procedures.index_stamp(), _sections(), _site(request), request.GET.get("page", "")))
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").removesuffix("/")


def _sections() -> tuple[tuple[str, str, str], ...]:
    return tuple((one.code, one.name.ja, one.phone or "") for one in organisation.sections())


@lru_cache(maxsize=4)
def _rows(stamp: str, sections: tuple[tuple[str, str, str], ...], site: str) -> tuple[Row, ...]:
    found = procedures.published()
    around = Around(
        city=open_pack(settings.DOKODEMO_PACK).city,
        sections={code: (name, phone) for code, name, phone in sections},
        life_events={event.code: event for event in procedures.life_events()},
        pages={p.slug: f"{site}{reverse('portal:procedure', args=[p.slug])}" for p in found},
        forms={p.slug: f"{site}{reverse('portal:start', args=[p.slug])}" for p in found},
    )
    days = procedures.published_days()
    return tuple(row_of(p, days[p.slug], around) for p in found if p.slug in days)


def _rows_now(request: HttpRequest) -> tuple[Row, ...]:
    return _rows(procedures.index_stamp(), _sections(), _site(request))


@require_safe
@condition(etag_func=_tag)
def table(request: HttpRequest) -> HttpResponse:
    """Every procedure in force as one CSV file: UTF-8 with a mark that spreadsheets need, a heading, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows_now(request):
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="procedures.csv"'
    response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
    return response


def _cell(value: str | int | None) -> str | int:
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value


@require_safe
@condition(etag_func=_tag)
def pages(request: HttpRequest) -> JsonResponse:
    """A page of procedures in force (`?page=1` and on, a hundred each), with how many there are and the next page."""
    rows = _rows_now(request)
    text = request.GET.get("page", "1")
    page = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
    last = max(1, -(-len(rows) // PAGE))
    page = min(max(page, 1), last)
    here = _site(request) + reverse("portal:procedures_json")
    response = JsonResponse(
        {
            "standard": "GIF DS-451-4",
            "total": len(rows),
            "page": page,
            "next": f"{here}?page={page + 1}" if page < last else None,
            "procedures": list(rows[(page - 1) * PAGE : page * PAGE]),
        },
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
    return response
