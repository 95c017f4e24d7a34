"""The answer sheet of the national survey (国の指標への回答票): its lines, one line, confirming it, and taking it along.

Owns the screens. Never computes an answer and never decides what one may be: the national domain does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import boxes, pages
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response, xlsx_response
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden
from dokodemo.kernel.calendar_jp import ImpossibleDate
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say, say_plain
from dokodemo.promotion.national import actions, comparing, policies, queries
from dokodemo.promotion.national.actions import LONGEST_EVIDENCE, LONGEST_REASON, Refused
from dokodemo.promotion.national.definitions import NationalIndicator
from dokodemo.promotion.national.logic import NO, YES, Value, written
from dokodemo.promotion.national.queries import STATES, Line, Sheet
from dokodemo.promotion.national.sources import Computed

TAB = "national"
FILTERS = ("", *STATES, "changed")
_COLUMNS = (
    *("code", "category", "published", "indicator", "answer", "numerator", "denominator", "how", "as_of"),
    *("from", "reason", "before", "state"),
)
_WIDTHS = (20, 14, 36, 36, 12, 10, 10, 14, 12, 50, 30, 14, 24)


def text(request: Request, key: str, **params: object) -> SafeString:
    """A fixed text in the reader's language."""
    return texts.t(key, request.lang, furigana=request.furigana, **params)


@needs_staff
@require_safe
def national(request: Request) -> HttpResponse:
    """The sheet of this fiscal year."""
    return _sheet(request, calendar_jp.fiscal_year(calendar_jp.today()))


@needs_staff
@require_safe
def national_sheet(request: Request, year: int) -> HttpResponse:
    """The sheet of a fiscal year."""
    return _sheet(request, year)


def _sheet(request: Request, year: int) -> HttpResponse:
    known = queries.years(request.actor)
    if not queries.national_list(year):
        context: dict[str, Any] = {"editions": comparing.editions()}
        return pages.show(request, "office/national/none.html", context, tab=TAB)
    sheet = queries.sheet(request.actor, year)
    wanted = request.GET.get("show", "")
    wanted = wanted if wanted in FILTERS else ""
    named = organisation.staff_names([sheet.confirmed_by] if sheet.confirmed_by else [])
    context = {
        "sheet": sheet,
        "years": [(one, reverse("office:national_sheet", args=[one]), one == year) for one in known],
        "rows": [_row(request, line) for line in sheet.lines if _shown(sheet, line, wanted)],
        "filters": _filters(request, sheet, wanted),
        "chart": _progress(request, sheet),
        "confirmer": named.get(sheet.confirmed_by, "–") if sheet.confirmed_by else "",
        "may_confirm": policies.may_confirm(request.actor) and sheet.confirmed_at is None,
        "may_import": policies.may_import(request.actor),
        "other_list": sheet.national.year != year,
    }
    return pages.show(request, "office/national/sheet.html", context, tab=TAB)


def _shown(sheet: Sheet, line: Line, wanted: str) -> bool:
    if wanted == "changed":
        return sheet.before is not None and line.change != "same"
    return wanted in ("", line.how)


def _filters(request: Request, sheet: Sheet, wanted: str) -> list[dict[str, Any]]:
    return [
        {
            "label": text(request, f"national.filter.{name or 'all'}"),
            "count": str(sum(_shown(sheet, line, name) for line in sheet.lines)),
            "current": name == wanted,
            "href": f"?{urlencode({'show': name})}",
        }
        for name in FILTERS
        if name != "changed" or sheet.before is not None
    ]


def _progress(request: Request, sheet: Sheet) -> SafeString:
    points = [
        charts.Point(texts.plain(f"national.how.{how}", request.lang), count)
        for how, count in sheet.counts().items()
    ]
    frame = charts.frame(
        request,
        "answers",
        "national.sheet.drawn",
        "national.sheet.drawn_desc",
        "",
        answered=sheet.answered,
        all=len(sheet.lines),
    )
    return charts.bars(frame, points, most=len(sheet.lines))


def _row(request: Request, line: Line) -> dict[str, Any]:
    return {
        "line": line,
        "answer": answer(request, line.indicator, line.value),
        "before": answer(request, line.indicator, line.before) if line.known_before else "",
        "from": computed_from(request, line.computed),
    }


def answer(request: Request, indicator: NationalIndicator, value: Value | None) -> SafeString:
    """An answer in the reader's language; a ratio with both its numbers; 未回答 for none."""
    if value is None:
        return text(request, "national.how.unanswered")
    if indicator.kind == "yes_no":
        return text(request, f"national.word.{value.word}")
    if indicator.kind == "choice":
        choice = indicator.choice(value.word)
        return say(choice.title if choice else value.word, request.lang, furigana=request.furigana)
    if indicator.kind == "count":
        return SafeString(charts.number(value.numerator))
    return SafeString(f"{charts.number(value.percent, '%')} ({value.numerator:,} / {value.denominator:,})")


def computed_from(request: Request, computed: Computed | None) -> SafeString:
    """What a computed answer was computed from, in one sentence."""
    if computed is None:
        return SafeString("")
    return text(request, f"national.from.{computed.source.replace('.', '-')}", **computed.numbers)


# One line


def _boxes(request: Request, indicator: NationalIndicator) -> list[Box]:
    if indicator.kind in ("yes_no", "choice"):
        options = tuple(
            (code, answer(request, indicator, Value(word=code)))
            for code in ((YES, NO) if indicator.kind == "yes_no" else [one.code for one in indicator.choices])
        )
        first = [Box("word", "national.column.answer", "choice", options=options)]
    elif indicator.kind == "ratio":
        first = [
            Box("numerator", "national.column.numerator", "number", longest=20),
            Box("denominator", "national.column.denominator", "number", longest=20),
        ]
    else:
        first = [Box("numerator", "national.column.count", "number", longest=20)]
    return [
        *first,
        Box("as_of", "national.column.as_of", hint="national.line.as_of_hint", longest=40),
        Box(
            "evidence",
            "national.column.evidence",
            "area",
            hint="national.line.evidence_hint",
            longest=LONGEST_EVIDENCE,
        ),
        Box("reason", "national.column.reason", hint="national.line.reason_hint", longest=LONGEST_REASON),
    ]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def national_line(request: Request, year: int, code: str) -> HttpResponse:
    """One indicator of a sheet: what it asks, how it is known, what was entered before, and entering it."""
    sheet = queries.sheet(request.actor, year)
    line = sheet.line(code)
    may_answer = policies.may_answer(request.actor)
    if request.method == "POST" and not may_answer:
        raise Forbidden
    wanted, typed = _boxes(request, line.indicator), _typed_of(line)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        try:
            changed = actions.answer(
                actor=request.actor,
                year=year,
                code=code,
                typed=typed,
                as_of=_day(typed["as_of"]),
                evidence=typed["evidence"],
                reason=typed["reason"],
                revision=pages.revision(request),
            )
        except Refused as refused:
            wrong = refused.wrong
            sheet = queries.sheet(request.actor, year)
            line = sheet.line(code)
        else:
            pages.tell(request, "national.done.answered" if changed else "national.done.unchanged")
            return HttpResponseRedirect(reverse("office:national_line", args=[year, code]))
    return _show_line(request, sheet, line, boxes.filled(wanted, typed, wrong), wrong)


def _show_line(
    request: Request, sheet: Sheet, line: Line, filled: list[Box], wrong: Mapping[str, str]
) -> HttpResponse:
    rows = queries.history(request.actor, sheet.year, line.indicator.code)
    called = organisation.staff_names([row.by for row in rows])
    context = {
        "sheet": sheet,
        "row": _row(request, line),
        "line": line,
        "computed": answer(request, line.indicator, line.computed.value) if line.computed else "",
        "history": [
            (
                row,
                called.get(row.by, "–"),
                answer(request, line.indicator, Value(row.word, row.numerator, row.denominator)),
            )
            for row in rows
        ],
        "may_answer": policies.may_answer(request.actor) and sheet.confirmed_at is None,
        "boxes": filled,
        "errors": [
            *pages.errors(request, [("sheet", wrong["sheet"])] if "sheet" in wrong else []),
            *boxes.errors(request, filled),
        ],
    }
    return pages.show(request, "office/national/line.html", context, status=422 if wrong else 200, tab=TAB)


def _typed_of(line: Line) -> dict[str, str]:
    value, entered = line.value, line.entered
    return {
        "word": value.word if value else "",
        "numerator": str(value.numerator) if value and value.numerator is not None else "",
        "denominator": str(value.denominator) if value and value.denominator is not None else "",
        "as_of": line.as_of.isoformat() if line.as_of else "",
        "evidence": entered.evidence if entered else "",
        "reason": entered.reason if entered else "",
    }


def _day(typed: str) -> date | None:
    try:
        return calendar_jp.parse_date(typed)
    except ImpossibleDate:
        return None


@needs_staff
@require_POST
def national_withdraw(request: Request, year: int, code: str) -> HttpResponse:
    """Take an entered answer back."""
    try:
        actions.withdraw(actor=request.actor, year=year, code=code, revision=pages.revision(request))
    except Refused as refused:
        sheet = queries.sheet(request.actor, year)
        line = sheet.line(code)
        filled = boxes.filled(_boxes(request, line.indicator), _typed_of(line), {})
        return _show_line(request, sheet, line, filled, refused.wrong)
    pages.tell(request, "national.done.withdrawn")
    return HttpResponseRedirect(reverse("office:national_line", args=[year, code]))


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def national_confirm(request: Request, year: int) -> HttpResponse:
    """See the sheet once more and confirm it; from then on it never changes."""
    sheet = queries.sheet(request.actor, year)
    if not policies.may_confirm(request.actor):
        raise Forbidden
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            actions.confirm(
                actor=request.actor,
                year=year,
                seen=request.POST.get("seen", "")[:64],
                accept_gaps=request.POST.get("accept") == "yes",
            )
        except Refused as refused:
            wrong = refused.wrong
            sheet = queries.sheet(request.actor, year)
        else:
            pages.tell(request, "national.done.confirmed")
            return HttpResponseRedirect(reverse("office:national_sheet", args=[year]))
    context = {
        "sheet": sheet,
        "rows": [_row(request, line) for line in sheet.lines],
        "gaps": len(sheet.lines) - sheet.answered,
        "wrong": wrong,
        "errors": pages.errors(request, list(wrong.items())),
    }
    return pages.show(request, "office/national/confirm.html", context, status=422 if wrong else 200, tab=TAB)


# Taking it along


@needs_staff
@require_safe
def national_csv(request: Request, year: int) -> HttpResponse:
    """The sheet as CSV."""
    return csv_response(_table(request, year), f"national-{year}.csv", private=True)


@needs_staff
@require_safe
def national_xlsx(request: Request, year: int) -> HttpResponse:
    """The sheet as a workbook."""
    rows = _table(request, year)
    return xlsx_response(rows, f"national-{year}.xlsx", sheet=str(year), widths=_WIDTHS)


def _table(request: Request, year: int) -> list[list[str | int]]:
    sheet = queries.sheet(request.actor, year)
    called = organisation.staff_names(_people(sheet))
    header: list[str | int] = [texts.plain(f"national.column.{name}", request.lang) for name in _COLUMNS]
    return [header, *(_cells(request, sheet, line, called) for line in sheet.lines)]


def _people(sheet: Sheet) -> list[UUID]:
    return [sheet.confirmed_by] if sheet.confirmed_by is not None else []


def _cells(request: Request, sheet: Sheet, line: Line, called: Mapping[UUID, str]) -> list[str | int]:
    """A line as it goes to the ministry: the answer in the words of the national survey, 未回答 where there is none."""
    one, value = line.indicator, line.value
    state = texts.plain("national.state.draft", request.lang)
    if sheet.confirmed_at is not None and sheet.confirmed_by is not None:
        day = calendar_jp.jst_day(sheet.confirmed_at).isoformat()
        who = called.get(sheet.confirmed_by, "–")
        state = texts.plain("national.state.confirmed", request.lang, day=day, who=who)
    if line.entered is not None:
        known_from = line.entered.evidence
    elif line.computed is not None:
        key = f"national.from.{line.computed.source.replace('.', '-')}"
        known_from = texts.plain(key, request.lang, **line.computed.numbers)
    else:
        known_from = ""
    return [
        *(one.code, texts.plain(f"national.category.{one.category}", request.lang), one.published),
        *(say_plain(one.title, request.lang), written(one.shape, value)),
        "" if value is None or value.numerator is None else value.numerator,
        "" if value is None or value.denominator is None else value.denominator,
        texts.plain(f"national.how.{line.how}", request.lang),
        line.as_of.isoformat() if line.as_of else "",
        *(known_from, line.entered.reason if line.entered else ""),
        written(one.shape, line.before) if line.known_before else "",
        state,
    ]
