"""Procedures for machines (手続のオープンデータ): every procedure in force as CSV, and page by page as JSON.

Owns the two addresses. What stands in a row is said by `procedures.service_catalogue`. Kept until the next publication;
who asks with the tag of what they have is told that nothing changed.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from dokodemo.administration.procedures import queries as procedures
from dokodemo.administration.procedures.service_catalogue import COLUMNS, Around, row_of
from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel.packs import open_pack

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
    rows = [["" if (cell := row[name]) is None else cell for name in COLUMNS] for row in _rows_now(request)]
    response = csv_response([COLUMNS, *rows], "procedures.csv")
    response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
    return response


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
