"""The national file in the office (国の公表ファイル): taking an edition in, and other cities beside this one.

Owns the screens. Never judges a line: the national domain does.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.entry import comparing
from dokodemo.entry.office import boxes, pages, tables
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.promotion.national import actions, policies
from dokodemo.promotion.national import comparing as editions
from dokodemo.promotion.national.actions import LONGEST_SOURCE, LONGEST_VINTAGE, Imported, Refused
from dokodemo.promotion.national.definitions import lists_of
from dokodemo.promotion.national.national_file import COLUMNS

TAB = "national"


def _boxes() -> list[Box]:
    lists = lists_of(settings.DOKODEMO_PACK)
    years = tuple((str(one.year), str(one.year)) for one in reversed(lists))
    return [
        Box("year", "national.upload.year", "select", options=years, longest=4),
        Box("published_on", "national.upload.published_on", hint="national.upload.day_hint", longest=40),
        Box(
            "vintage", "national.upload.vintage", hint="national.upload.vintage_hint", longest=LONGEST_VINTAGE
        ),
        Box("source", "national.upload.source", hint="national.upload.source_hint", longest=LONGEST_SOURCE),
    ]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def national_upload(request: Request) -> HttpResponse:
    """Take in an edition of the national file: all of it, or nothing with a report by line."""
    if not policies.may_read(request.actor):
        raise NotFound
    if not policies.may_import(request.actor):
        raise Forbidden
    wanted, typed, wrong = _boxes(), dict[str, str](), dict[str, str]()
    told = None
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        try:
            done = _take(request, typed)
        except tables.Told as found:
            told = found
        except Refused as refused:
            wrong = refused.wrong
        else:
            key = "national.done.imported" if done.new else "national.done.same_file"
            pages.tell(request, key, count=done.edition.municipalities, vintage=done.edition.vintage)
            return HttpResponseRedirect(reverse("office:national_compare"))
    filled = boxes.filled(wanted, typed, wrong)
    context: dict[str, Any] = {
        "boxes": filled,
        "columns": COLUMNS.values(),
        "lists": lists_of(settings.DOKODEMO_PACK),
        "editions": editions.editions(),
    }
    if wrong:
        context["errors"] = boxes.errors(request, filled)
        context["problems"] = []
        return pages.show(request, "office/national/upload.html", context, status=422, tab=TAB)
    return tables.show(request, "office/national/upload.html", context, told, tab=TAB)


def _take(request: Request, typed: dict[str, str]) -> Imported:
    year = typed["year"]
    if year not in {str(one.year) for one in lists_of(settings.DOKODEMO_PACK)}:
        raise Refused({"year": "national.fault.year"})
    published = None
    if typed["published_on"].strip():
        try:
            published = calendar_jp.parse_date(typed["published_on"])
        except ImpossibleDate:
            raise Refused({"published_on": "national.fault.day"}) from None
    listed = request.FILES.get("listed")
    if listed is not None and (listed.size or 0) > tables.LARGEST:
        raise Refused({"year": "office.inventory.too_large"})
    return tables.take(
        request,
        lambda data: actions.import_file(
            actor=request.actor,
            data=data,
            listed=listed.read() if listed is not None and listed.size else None,
            year=int(year),
            vintage=typed["vintage"],
            published_on=published,
            source=typed["source"],
        ),
    )


@needs_staff
@require_safe
def national_compare(request: Request) -> HttpResponse:
    """Other cities beside this one, as residents see them."""
    if not policies.may_read(request.actor):
        raise NotFound
    context = comparing.context(request, page=pages.page_number(request))
    return pages.show(
        request,
        "office/national/compare.html",
        {**context, "office": True, "may_import": policies.may_import(request.actor)},
        tab=TAB,
    )


@needs_staff
@require_safe
def national_compare_csv(request: Request) -> HttpResponse:
    """The group as CSV."""
    if not policies.may_read(request.actor):
        raise NotFound
    found = comparing.table(request)
    if found is None:
        raise Http404
    return found
