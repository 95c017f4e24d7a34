"""Writing tasks and reforms (業務と改革の記入): the form of one task, the table of many, the record of a reform.

Owns the ways in. Never judges what was typed: the readers of reform and its actions do, and nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dokodemo.entry.office import boxes, pages, promoting, tables
from dokodemo.entry.office.boxes import Box
from dokodemo.entry.office.reform import section_names, show
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.ui import texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.reform import actions, policies, queries, sheet
from dokodemo.promotion.reform.actions import ReformFacts, Refused
from dokodemo.promotion.reform.logic import (
    BASES,
    FREED,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MEDIA,
    MOST_CASES,
    MOST_HOURS,
    MOST_MINUTES,
    RULES_ALONE,
    TaskFacts,
    Unfit,
    count_of,
    day_of,
    line_of,
    number_of,
)
from dokodemo.promotion.reform.reading import read_task


def _options(request: Request, group: str, values: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (value, texts.t(f"reform.{group}.{value}", request.lang, furigana=request.furigana))
        for value in values
    )


def _task_boxes(request: Request, *, new: bool) -> list[Box]:
    names = section_names()
    own = [code for code in names if code in policies.own_sections(request.actor)]
    sections = tuple((code, say_plain(names[code], request.lang)) for code in own)
    options = partial(_options, request)
    yes_no = options("yes_no", ("yes", "no"))
    return [
        Box(
            "code",
            "reform.column.code",
            hint="reform.form.code_hint" if new else "",
            longest=40,
            fixed=not new,
        ),
        Box("section", "reform.column.section", "select", options=sections),
        Box("title", "reform.column.title", longest=LONGEST_TITLE),
        Box("minutes", "reform.column.minutes", "number", hint="reform.form.minutes_hint", longest=12),
        Box(
            "measured",
            "reform.column.measured",
            "choice",
            options=options("measured", ("measured", "estimated")),
        ),
        Box("cases", "reform.column.cases", "number", longest=12),
        Box(
            "rules_alone", "reform.column.rules_alone", "choice", options=options("rules_alone", RULES_ALONE)
        ),
        Box("medium_in", "reform.column.medium_in", "choice", options=options("medium", MEDIA)),
        Box("medium_out", "reform.column.medium_out", "choice", options=options("medium", MEDIA)),
        Box("basis", "reform.column.basis", "choice", options=options("basis", BASES)),
        Box("core", "reform.column.core", "choice", hint="reform.form.core_hint", options=yes_no),
        Box("systems", "reform.column.systems", "area", hint="reform.form.systems_hint", longest=1300),
    ]


def _typed_of(facts: TaskFacts) -> dict[str, str]:
    return {
        "code": facts.code,
        "section": facts.section,
        "title": facts.title,
        "minutes": f"{facts.minutes.normalize():f}",
        "cases": str(facts.cases),
        "rules_alone": facts.rules_alone,
        "medium_in": facts.medium_in,
        "medium_out": facts.medium_out,
        "basis": facts.basis,
        "core": "yes" if facts.core else "no",
        "measured": "measured" if facts.measured else "estimated",
        "systems": "\n".join(facts.systems),
    }


def _back(code: str, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('office:reform_task', args=[code])}?done={done}")


def _refuse_onlookers(request: Request) -> None:
    if not policies.own_sections(request.actor):
        raise Forbidden if policies.may_look(request.actor) else NotFound


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Add one task."""
    _refuse_onlookers(request)
    wanted = _task_boxes(request, new=True)
    if request.method != "POST":
        return _form(request, wanted, {"measured": "estimated"}, {})
    typed = boxes.typed(request, wanted)
    facts, wrong = read_task(typed)
    if facts is not None:
        try:
            actions.add_task(actor=request.actor, facts=facts)
        except Refused as refused:
            wrong = refused.wrong
        else:
            return _back(facts.code, "added")
    return _form(request, wanted, typed, wrong)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, code: str) -> HttpResponse:
    """Say anew what a task is."""
    row = queries.get(request.actor, code).row
    if not policies.may_write(request.actor, row.facts.section):
        raise Forbidden
    wanted = _task_boxes(request, new=False)
    if request.method != "POST":
        return _form(request, wanted, _typed_of(row.facts), {}, row.revision, row)
    typed = boxes.typed(request, wanted) | {"code": code}
    facts, wrong = read_task(typed)
    if facts is not None:
        try:
            changed = actions.change_task(actor=request.actor, facts=facts, revision=pages.revision(request))
        except Refused as refused:
            wrong = refused.wrong
        else:
            return _back(code, "saved" if changed else "unchanged")
    # After somebody else's change the next try is made knowingly, on the newest revision.
    return _form(request, wanted, typed, wrong, row.revision, row)


def _form(
    request: Request,
    wanted: list[Box],
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    revision: int = 0,
    row: queries.Row | None = None,
) -> HttpResponse:
    filled = boxes.filled(wanted, typed, wrong)
    context = {
        "boxes": filled,
        "errors": boxes.errors(request, filled),
        "stale": wrong.get("code") == "reform.fault.stale",
        "revision": revision,
        "row": row,
    }
    return show(request, "office/reform_form.html", context, status=422 if wrong else 200)


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """Take a table of tasks in, or tell what is wrong in each line."""
    _refuse_onlookers(request)
    told = None
    if request.method == "POST":
        try:
            found = tables.take(request, lambda data: actions.import_tasks(actor=request.actor, data=data))
        except tables.Told as refused:
            told = refused
        else:
            query = f"added={found.added}&changed={found.changed}&unchanged={found.unchanged}"
            return HttpResponseRedirect(f"{reverse('office:reform')}?done=imported&{query}")
    columns = [(column, f"reform.words.{name}") for name, column in sheet.COLUMNS.items()]
    context = {"columns": columns, "promotion": promoting.tabs(request, "reform")}
    return tables.show(request, "office/reform_upload.html", context, told)


def _record_boxes(request: Request) -> list[Box]:
    kinds = _options(request, "measured", ("measured", "estimated"))
    return [
        Box("day", "reform.column.day", "date", longest=20),
        Box("what", "reform.column.what", hint="reform.form.what_hint", longest=LONGEST_TEXT),
        Box("before", "reform.column.before", "number", longest=12),
        Box("after", "reform.column.after", "number", hint="reform.form.after_hint", longest=12),
        Box("cases", "reform.column.cases", "number", longest=12),
        Box("measured", "reform.column.measured_result", "choice", options=kinds),
        Box("build", "reform.column.build", "number", hint="reform.form.build_hint", longest=12),
        Box("upkeep", "reform.column.upkeep", "number", hint="reform.form.upkeep_hint", longest=12),
        *(
            Box(
                f"freed_{name}",
                f"reform.column.freed_{name}",
                "number",
                hint=f"reform.form.freed_{name}",
                longest=12,
            )
            for name in FREED
        ),
    ]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: Request, code: str) -> HttpResponse:
    """Record what a reform of a task came to."""
    row = queries.get(request.actor, code).row
    if not policies.may_write(request.actor, row.facts.section):
        raise Forbidden
    wanted = _record_boxes(request)
    typed = {
        "day": calendar_jp.today().isoformat(),
        "before": f"{row.facts.minutes.normalize():f}",
        "cases": str(row.facts.cases),
        "measured": "estimated",
        **dict.fromkeys(("build", "upkeep", *(f"freed_{name}" for name in FREED)), "0"),
    }
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = boxes.typed(request, wanted)
        facts, wrong = _read_reform(typed)
        if facts is not None:
            try:
                actions.record_reform(actor=request.actor, code=code, facts=facts)
            except Refused as refused:
                wrong = refused.wrong
            else:
                return _back(code, "recorded")
    filled = boxes.filled(wanted, typed, wrong)
    context = {"boxes": filled, "errors": boxes.errors(request, filled), "row": row}
    return show(request, "office/reform_record.html", context, status=422 if wrong else 200)


def _read_reform(typed: Mapping[str, str]) -> tuple[ReformFacts | None, dict[str, str]]:
    minutes = partial(number_of, most=MOST_MINUTES)
    hours = partial(number_of, most=MOST_HOURS, fault="reform.fault.hours")
    readers: dict[str, Any] = {
        "day": partial(day_of, fault="reform.fault.day"),
        "what": partial(line_of, longest=LONGEST_TEXT, fault="reform.fault.what"),
        "before": partial(minutes, fault="reform.fault.minutes", zero=False),
        "after": partial(minutes, fault="reform.fault.minutes_or_zero"),
        "cases": partial(count_of, most=MOST_CASES, fault="reform.fault.cases"),
        "measured": _kind,
        "build": hours,
        "upkeep": hours,
        **{f"freed_{name}": hours for name in FREED},
    }
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, read in readers.items():
        try:
            values[name] = read(typed.get(name, ""))
        except Unfit as unfit:
            wrong[name] = str(unfit)
    if wrong:
        return None, wrong
    freed: dict[str, Decimal] = {name: values.pop(f"freed_{name}") for name in FREED}
    return ReformFacts(**values, freed=freed), {}


def _kind(text: str) -> bool:
    if text not in ("measured", "estimated"):
        raise Unfit("reform.fault.measured")
    return text == "measured"


@needs_staff
@require_POST
def withdraw(request: Request, code: str, reform_id: UUID) -> HttpResponse:
    """Set a wrong record aside."""
    actions.withdraw_reform(actor=request.actor, code=code, reform_id=reform_id)
    return _back(code, "withdrawn")
