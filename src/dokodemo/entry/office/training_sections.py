"""How sections stand with their training (課ごとの受講状況): counts, the people of one's own section, drills.

Owns the screens. Never shows a person to somebody who sees counts only: the reads of training decide.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dokodemo.city.organisation import queries as organisation
from dokodemo.entry.office import pages, tables
from dokodemo.entry.office.training import show
from dokodemo.entry.office.visitors import needs_staff
from dokodemo.entry.server.requests import Request
from dokodemo.entry.server.table_files import csv_response
from dokodemo.kernel import calendar_jp
from dokodemo.kernel.access import Forbidden, NotFound
from dokodemo.kernel.ui import charts, texts
from dokodemo.kernel.ui.language import say_plain
from dokodemo.promotion.training import actions, policies, queries, sheet
from dokodemo.promotion.training.actions import Refused
from dokodemo.promotion.training.queries import SectionRow, Shown

_COLUMNS = ("section", "people", "must_be", "up_to_date", "waiting", "overdue", "comprehension", "attempts")
_LATE = ("section", "name", "course", "due_on", "completed_on")
_PERSON = (
    "name",
    "course",
    "state",
    "completed_on",
    "due_on",
    "attended_on",
    "quiz_on",
    "right",
    "questions",
    "quiz",
)


def _names() -> dict[str, Any]:
    return {section.code: section.name for section in organisation.sections()}


@needs_staff
@require_safe
def sections(request: Request) -> HttpResponse:
    """Every section I may count: up to date, overdue, how well it was understood."""
    counted, names = queries.sections(request.actor), _names()
    points = [
        charts.Point(names.get(row.section, row.section), row.completion.percent)
        for row in counted.rows
        if row.completion.must_be
    ]
    here = charts.frame(
        request,
        "sections",
        "training.sections.drawn",
        "training.sections.drawn_desc",
        texts.plain("training.unit.percent", request.lang),
    )
    seen = policies.people_seen(request.actor, [row.section for row in counted.rows])
    context = {
        "rows": [(row, names.get(row.section), row.section in seen) for row in counted.rows],
        "chart": charts.bars(here, points, most=100) if points else "",
        "whole": counted.city,
    }
    return show(request, "office/training_sections.html", context)


@needs_staff
@require_safe
def sections_table(request: Request) -> HttpResponse:
    """The same as CSV."""
    names = _names()
    header = [texts.plain(f"training.column.{name}", request.lang) for name in _COLUMNS]
    rows = [
        [say_plain(names.get(row.section, row.section), request.lang), *_numbers(row)]
        for row in queries.sections(request.actor).rows
    ]
    return csv_response([header, *rows], "training-sections.csv", private=True)


def _numbers(row: SectionRow) -> list[str]:
    done = row.completion
    share = "" if row.comprehension is None else f"{row.comprehension:.1f}"
    counts = (row.people, done.must_be, done.up_to_date, done.waiting, row.overdue)
    return [*(str(number) for number in counts), share, str(row.attempts)]


@needs_staff
@require_safe
def overdue(request: Request) -> HttpResponse:
    """Who is late with what, of all the people I may see, the longest first."""
    page = Paginator(queries.overdue(request.actor), queries.PAGE).get_page(pages.page_number(request))
    names = organisation.staff_names(one.account for one in page)
    catalogue, called = queries.catalogue(), _names()
    context = {
        "page": page,
        "rows": [
            (one, names.get(one.account, "–"), called.get(one.section), catalogue.course(one.standing.code))
            for one in page
        ],
    }
    return show(request, "office/training_overdue.html", context)


@needs_staff
@require_safe
def overdue_table(request: Request) -> HttpResponse:
    """The same as CSV, whole."""
    found = queries.overdue(request.actor)
    names = organisation.staff_names({one.account for one in found})
    catalogue, called = queries.catalogue(), _names()
    header = [texts.plain(f"training.column.{name}", request.lang) for name in _LATE]
    rows = []
    for one in found:
        course = catalogue.course(one.standing.code)
        rows.append(
            [
                say_plain(called.get(one.section, one.section), request.lang),
                names.get(one.account, ""),
                say_plain(course.title, request.lang) if course else one.standing.code,
                one.standing.due_on.isoformat() if one.standing.due_on else "",
                one.standing.completed_on.isoformat() if one.standing.completed_on else "",
            ]
        )
    return csv_response([header, *rows], "training-overdue.csv", private=True)


@needs_staff
@require_safe
def section(request: Request, section: str) -> HttpResponse:
    """The people of a section and what is over its time: for its head, its digital officer, the keepers of training."""
    found = queries.people(request.actor, section)
    names = organisation.staff_names(person.account for person in found)
    catalogue = queries.catalogue()
    shown = queries.shown_of(request.actor, section, [person.account for person in found])
    context = {
        "section": organisation.section(section),
        "rows": [
            (
                names.get(person.account, "–"),
                [
                    (
                        one,
                        catalogue.course(one.code),
                        shown.attended.get((one.code, person.account)),
                        shown.quizzes.get((one.code, person.account)),
                    )
                    for one in person.standings
                ],
                len(person.overdue),
            )
            for person in found
        ],
        "heads": policies.heads(request.actor, section),
    }
    return show(request, "office/training_section.html", context)


@needs_staff
@require_safe
def section_table(request: Request, section: str) -> HttpResponse:
    """Everything each person of a section must take, as CSV."""
    found = queries.people(request.actor, section)
    names = organisation.staff_names(person.account for person in found)
    catalogue = queries.catalogue()
    shown = queries.shown_of(request.actor, section, [person.account for person in found])
    header = [texts.plain(f"training.column.{name}", request.lang) for name in _PERSON]
    rows = [
        [
            names.get(person.account, ""),
            say_plain(course.title, request.lang) if course else one.code,
            texts.plain(f"training.state.{one.state}", request.lang),
            one.completed_on.isoformat() if one.completed_on else "",
            one.due_on.isoformat() if one.due_on else "",
            *_deeds(request, shown, one.code, person.account),
        ]
        for person in found
        for one in person.standings
        for course in [catalogue.course(one.code)]
    ]
    return csv_response([header, *rows], "training-people.csv", private=True)


def _deeds(request: Request, shown: Shown, code: str, account: UUID) -> list[str]:
    """When somebody attended a course last, and how their last quiz went."""
    attended, quiz = shown.attended.get((code, account)), shown.quizzes.get((code, account))
    cells = [attended.isoformat() if attended else ""]
    if quiz is None:
        return [*cells, "", "", "", ""]
    verdict = texts.plain(f"training.quiz.{'enough' if quiz.passed else 'not_enough'}", request.lang)
    return [*cells, quiz.day.isoformat(), str(quiz.right), str(quiz.questions), verdict]


@needs_staff
@require_http_methods(["GET", "HEAD", "POST"])
def drills(request: Request) -> HttpResponse:
    """Drills as counts; those who keep the training take in the results."""
    views = queries.drills(request.actor)
    keeps = policies.keeps_training(request.actor)
    told: tables.Told | None = None
    wrong: dict[str, str] = {}
    typed = {"course": request.POST.get("course", ""), "day": request.POST.get("day", "")[:20]}
    if request.method == "POST":
        if not keeps:
            raise Forbidden
        try:
            day = date.fromisoformat(typed["day"].strip().replace("/", "-"))
            tables.take(
                request,
                lambda data: actions.import_drill(
                    actor=request.actor, code=typed["course"], day=day, data=data
                ),
            )
        except ValueError:
            wrong = {"day": "training.fault.day"}
        except Refused as refused:
            wrong = refused.wrong
        except tables.Told as refused_table:
            told = refused_table
        else:
            return HttpResponseRedirect(f"{reverse('office:training_drills')}?done=imported")
    else:
        typed["day"] = calendar_jp.today().isoformat()
    return _show_drills(request, views, typed, wrong, told)


def _show_drills(
    request: Request,
    views: list[queries.DrillView],
    typed: dict[str, str],
    wrong: dict[str, str],
    told: tables.Told | None,
) -> HttpResponse:
    problems, total = (told.problems, told.total) if told else ([], 0)
    errors = pages.errors(request, wrong.items())
    if told:
        refused = texts.t("office.inventory.refused", request.lang, furigana=request.furigana, count=total)
        errors.append({"href": "#table", "message": refused})
    newest = views[0] if views else None
    chart: Any = ""
    if newest is not None:
        here = charts.frame(request, "drill", "training.drills.drawn", "training.drills.drawn_desc", "")
        points = [
            charts.Point(texts.plain(f"training.column.{name}", request.lang), number)
            for name, number in (
                ("sent", newest.people),
                ("clicked", newest.clicked),
                ("reported", newest.reported),
            )
        ]
        chart = charts.bars(here, points)
    context = {
        "rows": views,
        "newest": newest,
        "chart": chart,
        "courses": [one for one in queries.catalogue().courses if one.completed_by == "drill"],
        "typed": typed,
        "wrong": wrong,
        "problems": problems,
        "more": total - len(problems),
        "errors": errors,
    }
    return show(request, "office/training_drills.html", context, status=422 if errors else 200)


@needs_staff
@require_safe
def drills_form(request: Request) -> HttpResponse:
    """The table to fill in: everybody who holds a post today, by what they sign in with."""
    if not policies.keeps_training(request.actor):
        raise Forbidden if policies.takes_part(request.actor) else NotFound
    accounts = organisation.staff_on()
    names = sorted(organisation.sign_in_names(accounts).values())
    return csv_response([sheet.HEADER, *([name, "", ""] for name in names)], "drill.csv", private=True)
